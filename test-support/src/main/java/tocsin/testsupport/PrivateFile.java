package tocsin.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** A file that only its owner reads: a key of the local stack opens that stack to whoever has it. */
final class PrivateFile {

    private static final FileAttribute<?>[] OWNER_ONLY =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                    }
                    : new FileAttribute<?>[0];

    private PrivateFile() {}

    /** Replaces the file as a whole: a reader never sees half of it. */
    static void write(Path file, byte[] content) {
        try {
            Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
            Path draft = Files.createTempFile(directory, file.getFileName().toString(), ".new", OWNER_ONLY);
            Files.write(draft, content);
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}
