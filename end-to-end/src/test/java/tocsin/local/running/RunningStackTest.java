package tocsin.local.running;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningStackTest {

    @TempDir
    Path folder;

    @Test
    void isFoundByTheFileThatItWrote() {
        // Given
        Path file = folder.resolve("target").resolve("running-stack.json");
        RunningStack stack =
                new RunningStack(ProcessHandle.current().pid(), "127.0.0.1:7404", Map.of("kafka", "127.0.0.1:7404"));

        // When
        stack.write(file);

        // Then
        assertEquals(Optional.of(stack), RunningStack.read(file));
    }

    @Test
    void isNotThereWithoutTheFile() {
        assertEquals(Optional.empty(), RunningStack.read(folder.resolve("no.json")));
    }

    @Test
    void isNotThereOnceItsProcessIsGone() throws Exception {
        // Given
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Path file = folder.resolve("stack.json");
        new RunningStack(gone.pid(), "127.0.0.1:7404", Map.of()).write(file);

        // Then
        assertEquals(Optional.empty(), RunningStack.read(file));
    }

    @Test
    void complainsOfAFileThatIsSomethingElse() throws IOException {
        Path file = Files.writeString(folder.resolve("stack.json"), "hello");
        assertThrows(Complaint.class, () -> RunningStack.read(file));
    }
}
