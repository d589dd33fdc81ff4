package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class BenchMainTest {

    @Command
    private static final class NeverReady implements Callable<Integer> {
        @Override
        public Integer call() {
            throw new AssertionError("download-tracker ended with 1");
        }
    }

    @Test
    void knowsAllThatTheHelpNames() {
        assertEquals(
                Set.of("ingest", "match", "import", "memory", "deliver", "isolate", "punctual", "latency", "mail"),
                new CommandLine(BenchMain.class).getSubcommands().keySet());
    }

    @Test
    void endsWhenAServiceDoesNotStart() {
        // Given
        StringWriter err = new StringWriter();
        CommandLine bench = new CommandLine(new NeverReady()).setErr(new PrintWriter(err, true));

        // When
        int exit = BenchMain.run(bench);

        // Then
        assertEquals(1, exit);
        assertEquals("download-tracker ended with 1", err.toString().strip());
    }
}
