package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The whole of it on few downloads, with the real tracker. What it says of speed means nothing then. */
class IngestCommandTest {

    private static final Pattern FIGURE = Pattern.compile("\"([a-z_]+)\": (?:\\d+(?:\\.\\d+)?|null)");

    @Test
    void endsWithOneLineOfFigures() {
        // Given
        StringWriter out = new StringWriter();
        CommandLine bench = new CommandLine(new IngestCommand()).setOut(new PrintWriter(out));

        // When
        int exit = bench.execute("--seconds", "1", "--downloads", "20000", "--rounds", "2");

        // Then
        String last = out.toString().lines().toList().getLast();
        List<String> names =
                FIGURE.matcher(last).results().map(figure -> figure.group(1)).toList();
        assertAll(
                () -> assertEquals(0, exit),
                () -> assertTrue(last.startsWith("{") && last.endsWith("}"), last),
                () -> assertEquals(
                        List.of(
                                "copy_limit_per_s",
                                "tracker_per_s",
                                "ratio",
                                "history_per_s",
                                "bare_copy_per_s",
                                "history_ratio"),
                        names,
                        last));
    }
}
