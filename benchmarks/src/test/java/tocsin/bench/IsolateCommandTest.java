package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The whole of it in small, with the real sender. What it says of speed means nothing then. */
class IsolateCommandTest {

    @Test
    void endsWithOneLineOfFigures() {
        // Given
        StringWriter out = new StringWriter();
        CommandLine bench = new CommandLine(new IsolateCommand()).setOut(new PrintWriter(out));

        // When
        int exit = bench.execute(
                "--seconds",
                "1",
                "--per-second",
                "100",
                "--burst",
                "300",
                "--endpoints",
                "15",
                "--hang",
                "1",
                "--rounds",
                "1");

        // Then
        String last = out.toString().lines().toList().getLast();
        assertAll(
                () -> assertEquals(0, exit),
                () -> assertTrue(
                        last.matches(
                                "\\{\"p99_growth_1\": \\d+\\.\\d{3}, \"throughput_1\": \\d+\\.\\d{3}, \"p99_growth_10\": \\d+\\.\\d{3}}"),
                        last));
    }

    @Test
    void leavesEndpointsThatDoNotHang() {
        // Given
        StringWriter err = new StringWriter();
        CommandLine bench = new CommandLine(new IsolateCommand()).setErr(new PrintWriter(err));

        // When
        int exit = bench.execute("--endpoints", "10");

        // Then
        assertEquals(2, exit);
        assertTrue(err.toString().startsWith("--endpoints must be more than 10"), err::toString);
    }
}
