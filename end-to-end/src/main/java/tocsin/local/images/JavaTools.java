package tocsin.local.images;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tocsin.local.running.Complaint;

/** Runs programs of a JDK, their output in a file. */
final class JavaTools {

    private final Path log;

    JavaTools(Path log) {
        this.log = log;
    }

    /** @param program in {@code bin} of a JDK or a runtime @throws Complaint if it fails or takes longer */
    void run(Path javaHome, String program, Duration limit, List<String> arguments) {
        List<String> command =
                new ArrayList<>(List.of(javaHome.resolve("bin").resolve(program).toString()));
        command.addAll(arguments);
        run(command, limit);
    }

    /** @throws Complaint if it fails or takes longer */
    void run(List<String> command, Duration limit) {
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            try {
                process.getOutputStream().close();
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new Complaint(command.getFirst() + " did not end within " + limit.toSeconds()
                            + " s; its output is in " + log);
                }
                if (process.exitValue() != 0) {
                    throw new Complaint(command.getFirst() + " failed; its output is in " + log);
                }
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + Collections.unmodifiableList(command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Complaint("interrupted while " + command.getFirst() + " ran", e);
        }
    }
}
