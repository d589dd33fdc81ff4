package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The whole of it in small, with the real dispatcher. What it says of speed means nothing then. */
class MailCommandTest {

    @Test
    void endsWithOneLineOfFigures() {
        // Given
        StringWriter out = new StringWriter();
        CommandLine bench = new CommandLine(new MailCommand()).setOut(new PrintWriter(out));

        // When
        int exit = bench.execute("--seconds", "1", "--mails", "1000");

        // Then
        String last = out.toString().lines().toList().getLast();
        assertAll(
                () -> assertEquals(0, exit),
                () -> assertTrue(
                        last.matches(
                                "\\{\"ours_per_s\": [1-9]\\d*, \"smtp_limit_per_s\": [1-9]\\d*, \"ratio\": \\d+\\.\\d{3}}"),
                        last));
    }
}
