package tocsin.local.running;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class TokenOptionsTest {

    private static final URI ELSEWHERE = URI.create("https://tracker.example.com");

    @TempDir
    private Path folder;

    @BeforeEach
    void runAStack() throws IOException {
        Path stack = folder.resolve("running-stack.json");
        System.setProperty("tocsin.running-stack", stack.toString());
        new RunningStack(ProcessHandle.current().pid(), "127.0.0.1:9092", Map.of()).write(stack);
        Files.writeString(folder.resolve("running-stack.json.token"), "the-stacks\n");
    }

    @AfterEach
    void forgetTheStack() {
        System.clearProperty("tocsin.running-stack");
    }

    @Test
    void aStackIsShownItsOwnTokenWhateverTheEnvironmentHolds() {
        assertEquals(
                "the-stacks", options(Map.of("TOCSIN_TOKEN", "productions")).token(null));
    }

    @Test
    void aServiceElsewhereIsShownTheEnvironmentsTokenAndNeverTheStacks() {
        assertEquals(
                "productions", options(Map.of("TOCSIN_TOKEN", " productions\n")).token(ELSEWHERE));
        Complaint without =
                assertThrows(Complaint.class, () -> options(Map.of()).token(ELSEWHERE));
        assertTrue(String.valueOf(without.getMessage()).contains("TOCSIN_TOKEN"));
        assertThrows(Complaint.class, () -> options(Map.of("TOCSIN_TOKEN", " ")).token(ELSEWHERE));
    }

    @Test
    void aFileGoesBeforeBoth() throws IOException {
        // Given
        Path file = Files.writeString(folder.resolve("token"), "the-files\n");
        TokenOptions options = options(Map.of("TOCSIN_TOKEN", "productions"));

        // When
        new CommandLine(CommandSpec.create().addMixin("token", CommandSpec.forAnnotatedObject(options)))
                .parseArgs("--token-file", file.toString());

        // Then
        assertEquals("the-files", options.token(null));
        assertEquals("the-files", options.token(ELSEWHERE));
    }

    private static TokenOptions options(Map<String, String> environment) {
        return new TokenOptions(environment);
    }
}
