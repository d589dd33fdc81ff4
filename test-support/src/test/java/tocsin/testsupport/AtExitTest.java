package tocsin.testsupport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtExitTest {

    @TempDir
    Path folder;

    @Test
    void closesFirstWhatAskedForItAndTheRestNewestFirst() throws IOException {
        // Given
        ChildProcess process = ChildProcess.named("at-exit")
                .main(Closing.class)
                .output(folder.resolve("at-exit.log"))
                .start();
        process.awaitLine(Pattern.compile("open"), Duration.ofSeconds(30));

        // When
        process.terminate(Duration.ofSeconds(30));

        // Then
        assertEquals(
                List.of(
                        "open, false",
                        "second to be first, true",
                        "first, true",
                        "opened while closing, true",
                        "newest, true",
                        "oldest, true"),
                Files.readAllLines(process.outputFile()));
    }

    /** Opens things and waits for its end. */
    static final class Closing {

        private Closing() {}

        public static void main(String... arguments) {
            AtExit.close(() -> say("oldest"));
            AtExit.closeFirst(() -> {
                say("first");
                AtExit.close(() -> say("opened while closing"));
            });
            AtExit.close(() -> say("newest"));
            AtExit.closeFirst(() -> say("second to be first"));
            AutoCloseable forgotten = () -> say("forgotten");
            AtExit.closeFirst(forgotten);
            AtExit.forget(forgotten);
            say("open");
            while (!AtExit.isUnderWay()) {
                LockSupport.parkNanos(1_000_000);
            }
        }

        private static void say(String what) {
            System.out.println(what + ", " + AtExit.isUnderWay());
        }
    }
}
