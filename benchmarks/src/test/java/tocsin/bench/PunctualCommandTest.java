package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The whole of it in small, with the real sender. What it says of speed means nothing then. */
class PunctualCommandTest {

    @Test
    void endsWithOneLineOfFigures() {
        // Given
        StringWriter out = new StringWriter();
        CommandLine bench = new CommandLine(new PunctualCommand()).setOut(new PrintWriter(out));

        // When
        int exit = bench.execute("--seconds", "1", "--per-second", "20", "--waits", "PT0.2S,PT0.4S,PT0.6S");

        // Then
        String last = out.toString().lines().toList().getLast();
        assertAll(
                () -> assertEquals(0, exit),
                () -> assertTrue(
                        last.matches(
                                "\\{\"early\": 0, \"idle_p99_ms\": \\{\"0.2s\": [\\d.]+, \"0.4s\": [\\d.]+, \"0.6s\": [\\d.]+}, \"loaded_p99_ms\": \\{\"0.2s\": .+}}"),
                        last));
    }
}
