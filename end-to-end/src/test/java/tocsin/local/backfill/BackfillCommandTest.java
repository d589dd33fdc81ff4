package tocsin.local.backfill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.local.CommandRun;
import tocsin.testsupport.FreePorts;

/** What cannot be asked is said in a line, and a token is never repeated. That it does what it says is a journey's to show. */
class BackfillCommandTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--since 2026-04-15T08:30:00Z --watch x",
                "--watch x --org acme",
                "--cancel x --until 2026-04-15T08:30:00Z",
                "--since 2026-04-15T08:30:00Z --rows-per-second many",
            })
    void explainsWhatCannotBeAsked(String arguments) {
        assertEquals(2, run(arguments).exitCode());
    }

    @Test
    void needsATokenOfItsOwnForATrackerThatIsNamed() throws Exception {
        // Given
        Path broken = Files.writeString(folder.resolve("broken"), "a secret\nof two lines");

        // When
        CommandRun none = run("--watch x --tracker https://tracker.example.com");
        CommandRun unusable = run("--watch x --tracker https://tracker.example.com --token-file " + broken);

        // Then
        assertEquals(1, none.exitCode());
        assertTrue(none.err().contains("--token-file"), none.err());
        assertEquals(1, unusable.exitCode());
        assertFalse(unusable.err().contains("secret"), unusable.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tracker.example.com", "file:///etc/hosts", "/v1"})
    void asksNothingThatIsNoHttpService(String tracker) {
        assertEquals(1, run("--watch x --tracker " + tracker).exitCode());
    }

    @Test
    void saysThatNobodyAnswers() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "a.b.c\n");

        CommandRun run = run("--watch x --tracker http://127.0.0.1:" + FreePorts.one() + " --token-file " + token);

        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("was not answered"), run.err());
    }

    private static CommandRun run(String arguments) {
        return CommandRun.of(new BackfillCommand(), arguments.isEmpty() ? new String[0] : arguments.split(" "));
    }
}
