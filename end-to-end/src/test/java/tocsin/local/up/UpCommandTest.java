package tocsin.local.up;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.local.TocsinMain;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;

class UpCommandTest {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int PORTS = 9;

    @TempDir
    Path folder;

    private final int portBase = freeBase();

    @Test
    void runsUntilItIsTerminatedAndIsFoundByOtherCommands() throws IOException {
        // Given
        try (ChildProcess up = command("up", "up", "--port-base", String.valueOf(portBase))) {
            up.awaitLine(Pattern.compile("Ctrl-C stops it"), LIMIT);

            // When
            assertTrue(Files.exists(runningStack()));
            try (ChildProcess list = command("list", "quarantine", "list");
                    ChildProcess backfill =
                            command("backfill", "backfill", "--since", "2026-01-01T00:00:00Z", "--json")) {
                list.awaitLine(Pattern.compile("Nothing lies in quarantine"), LIMIT);
                assertEquals(0, list.awaitExit(LIMIT));
                backfill.awaitLine(Pattern.compile("\"state\":\"done\""), LIMIT);
                assertEquals(0, backfill.awaitExit(LIMIT));
            }
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(token())));
            int exitCode = up.terminate(LIMIT);

            // Then
            assertEquals(128 + 15, exitCode);
            assertFalse(Files.exists(runningStack()));
            assertFalse(Files.exists(token()));
            assertEquals(List.of(), taken());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Starting the stack", "is up"})
    void leavesNothingBehindWhenItIsTerminatedWhileItStarts(String line) {
        // Given
        try (ChildProcess up = command("up-starting", "up", "--port-base", String.valueOf(portBase))) {
            up.awaitLine(Pattern.compile(line), LIMIT);

            // When
            int exitCode = up.terminate(LIMIT);

            // Then
            assertEquals(128 + 15, exitCode);
            assertEquals(List.of(), taken());
        }
    }

    private ChildProcess command(String name, String... arguments) {
        return ChildProcess.named(name)
                .main(TocsinMain.class)
                .jvmOptions(
                        "-Dtocsin.running-stack=" + runningStack(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dtocsin.service-options=-XX:TieredStopAtLevel=1")
                .args(arguments)
                .output(folder.resolve(name + ".log"))
                .start();
    }

    private Path runningStack() {
        return folder.resolve("running-stack.json");
    }

    private Path token() {
        return folder.resolve("running-stack.json.token");
    }

    private List<Integer> taken() {
        return IntStream.range(portBase, portBase + PORTS)
                .filter(port -> !FreePorts.isFree(port))
                .boxed()
                .toList();
    }

    private static int freeBase() {
        return IntStream.generate(FreePorts::one)
                .filter(base -> IntStream.range(base, base + PORTS).allMatch(FreePorts::isFree))
                .findFirst()
                .orElseThrow();
    }
}
