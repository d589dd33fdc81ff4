package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The whole of it for a second, with the four real services. What it says of speed means nothing then. */
class LatencyCommandTest {

    @Test
    void endsWithOneLineOfFigures() {
        // Given
        StringWriter out = new StringWriter();
        CommandLine bench = new CommandLine(new LatencyCommand()).setOut(new PrintWriter(out));

        // When
        int exit = bench.execute("--seconds", "1", "--warm-up", "2");

        // Then
        String last = out.toString().lines().toList().getLast();
        assertAll(
                () -> assertEquals(0, exit),
                () -> assertTrue(
                        last.matches(
                                "\\{\"webhook_p50_ms\": \\d+\\.\\d, \"webhook_p99_ms\": \\d+\\.\\d, \"email_p50_ms\": \\d+\\.\\d, "
                                        + "\"email_p99_ms\": \\d+\\.\\d, \"loaded_webhook_p99_ms\": \\d+\\.\\d}"),
                        last));
    }
}
