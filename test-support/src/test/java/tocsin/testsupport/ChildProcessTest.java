package tocsin.testsupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern READY = Pattern.compile("^ready ");

    @TempDir
    private Path directory;

    @Test
    void runsAMainWithItsOptionsEnvironmentAndArguments() {
        // When
        try (ChildProcess child = child("serve").env("COLOUR", "green").start()) {

            // Then
            assertEquals("ready green small [serve]", child.awaitLine(READY, LIMIT));
            assertTrue(child.isAlive());
            assertEquals(OptionalInt.empty(), child.exitCode());
        }
    }

    @Test
    void killsHardSoThatNothingIsTidiedUp() {
        // Given
        ChildProcess child = child("serve").start();
        child.awaitLine(READY, LIMIT);

        // When
        child.killHard();

        // Then
        assertFalse(child.isAlive());
        assertFalse(ProcessHandle.of(child.pid()).isPresent());
        assertEquals(OptionalInt.of(128 + 9), child.exitCode());
        assertFalse(output().contains("tidied up"), output());
    }

    @Test
    void terminatesInAnOrderlyWay() {
        // Given
        ChildProcess child = child("serve").start();
        child.awaitLine(READY, LIMIT);

        // When
        int exitCode = child.terminate(LIMIT);

        // Then
        assertEquals(128 + 15, exitCode);
        assertTrue(output().contains("tidied up"), output());
    }

    @Test
    void killsWhatDoesNotTerminateInTime() {
        // Given
        ChildProcess child = child("stubborn").start();
        child.awaitLine(READY, LIMIT);

        // When
        AssertionError late = assertThrows(AssertionError.class, () -> child.terminate(Duration.ofMillis(300)));

        // Then
        assertTrue(late.toString().contains("sample did not stop within PT0.3S"), late.toString());
        assertFalse(child.isAlive());
    }

    @Test
    void tellsItsLastWordsWhenItEndsTooEarly() {
        // Given
        ChildProcess child = child("fail").start();

        // When
        AssertionError ended =
                assertThrows(AssertionError.class, () -> child.awaitLine(Pattern.compile("never"), LIMIT));

        // Then
        assertTrue(ended.toString().contains("sample ended with 3 before"), ended.toString());
        assertTrue(ended.toString().contains("the reason, on standard error"), ended.toString());
        assertEquals(3, child.awaitExit(LIMIT));
    }

    @Test
    void doesNotTakeALineOfAnEarlierLifeForItsOwn() {
        // Given
        ChildProcess.Builder program = child("serve");
        ChildProcess earlier = program.start();
        earlier.awaitLine(READY, LIMIT);
        earlier.killHard();

        // When
        try (ChildProcess later = program.env("COLOUR", "blue").start()) {

            // Then
            assertEquals("ready blue small [serve]", later.awaitLine(READY, LIMIT));
        }
    }

    @Test
    void diesWithItsParent() {
        // Given
        ChildProcess parent = child("parent").start();
        String line = parent.awaitLine(Pattern.compile("^grandchild "), LIMIT);
        ProcessHandle grandchild = ProcessHandle.of(Long.parseLong(line.substring("grandchild ".length())))
                .orElseThrow();

        // When
        parent.terminate(LIMIT);

        // Then
        Await.until(grandchild::isAlive, alive -> !alive, LIMIT, _ -> "the grandchild outlived its parent");
    }

    private ChildProcess.Builder child(String behaviour) {
        return ChildProcess.named("sample")
                .main(SampleMain.class)
                .jvmOptions("-Xmx64m", "-XX:TieredStopAtLevel=1", "-Dsize=small")
                .args(behaviour)
                .output(directory.resolve("output.log"));
    }

    private String output() {
        try {
            return Files.readString(directory.resolve("output.log"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
