package tocsin.testsupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each in a JVM of its own, since the choice is made for a whole run. */
class BackendTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void failsInOneLineWithoutAnEngine() {
        // Given
        assumeFalse(Files.exists(Path.of("/var/run/docker.sock")), "a Docker engine is here, so none can be missed");
        ChildProcess child = backend("testcontainers")
                .env("DOCKER_HOST", "tcp://127.0.0.1:1")
                .start();

        // When
        String line = child.awaitLine(Pattern.compile("^refused: "), LIMIT);

        // Then
        assertEquals(
                "refused: tocsin.test.backend=testcontainers, but no Docker engine answers:"
                        + " start one or leave out -Ptestcontainers",
                line);
        assertEquals(0, child.awaitExit(LIMIT));
    }

    @Test
    void refusesABackendThatItDoesNotKnow() {
        // Given
        ChildProcess child = backend("docker").start();

        // When
        String line = child.awaitLine(Pattern.compile("^refused: "), LIMIT);

        // Then
        assertEquals("refused: -Dtocsin.test.backend=docker: neither in-process nor testcontainers", line);
        assertEquals(0, child.awaitExit(LIMIT));
    }

    @Test
    void neverLoadsTestcontainersInProcess() throws Exception {
        // Given
        ChildProcess child = backend("in-process").start();

        // When
        child.awaitLine(Pattern.compile("backend.chosen server=\"postgresql\" backend=\"in-process\""), LIMIT);
        child.awaitLine(Pattern.compile("^started$"), LIMIT);

        // Then
        assertEquals(0, child.awaitExit(LIMIT));
        try (Stream<String> lines = Files.lines(child.outputFile())) {
            assertEquals(
                    List.of(),
                    lines.filter(line -> line.contains(" org.testcontainers.")).toList());
        }
    }

    @AfterEach
    void leavesNoDirectoryBehind() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(
                    List.of(),
                    files.filter(file -> file.getFileName().toString().startsWith("tocsin-"))
                            .toList());
        }
    }

    private ChildProcess.Builder backend(String name) {
        return ChildProcess.named("backend")
                .main(BackendMain.class)
                .jvmOptions(
                        "-Xmx128m",
                        "-Djava.io.tmpdir=" + directory,
                        "-Xlog:class+load",
                        "-Dtocsin.test.backend=" + name)
                .output(directory.resolve("backend.log"));
    }
}
