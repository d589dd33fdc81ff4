package tocsin.local.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import tocsin.local.running.Complaint;

/** The services' own secrets: made for each stack and kept with its data, in files that only their owner reads. */
public final class StackSecrets {

    private static final int KEY_BYTES = 32;
    private static final long COMMAND_SECONDS = 60;

    private final Path directory;

    StackSecrets(Path directory) {
        this.directory = directory;
    }

    /** What the sender encrypts signing secrets with; the sender's own command makes it. */
    Path senderKeyset(Path senderJar) {
        return kept("sender-keyset.json", () -> output(senderJar, "new-keyset"));
    }

    /** What the dispatcher signs links for address confirmation with, as Base64. */
    String confirmationKey() {
        try {
            return Files.readString(kept("confirmation.key", StackSecrets::randomKey))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the confirmation key", e);
        }
    }

    private Path kept(String name, Making making) {
        Path file = directory.resolve(name);
        if (!Files.exists(file)) {
            try {
                Path draft = Files.createTempFile(directory, name, ".new", ownerOnly());
                Files.writeString(draft, making.make());
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + file, e);
            }
        }
        return file;
    }

    private static String randomKey() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    private static String output(Path jar, String command) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(
                        java.toString(), "-XX:TieredStopAtLevel=1", "-jar", jar.toString(), command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0 || printed.isBlank()) {
                throw new Complaint(jar.getFileName() + " " + command + " failed");
            }
            return printed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Complaint("interrupted while making a keyset", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** For the commands beside a stack. Replaces what is there. */
    public static void writeToken(Path file, String token) {
        try {
            Path draft = Files.createTempFile(file.toAbsolutePath().getParent(), "token", ".new", ownerOnly());
            Files.writeString(draft, token + "\n");
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    @FunctionalInterface
    private interface Making {
        String make() throws IOException;
    }
}
