package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The whole of it in small, with the real matcher. What it says of speed means nothing then. */
class MatchCommandTest {

    private static final Pattern FIGURE = Pattern.compile("\"([a-z_0-9]+)\": (?:\\d+(?:\\.\\d+)?|null)");

    private static final List<String> FIGURES = List.of(
            "state_per_s",
            "vs_postgres",
            "vs_rocksdb",
            "scan_ms_100k",
            "scan_ms_1m",
            "scan_ms_10m",
            "scan_growth",
            "fanout_matches_per_s",
            "fanout_worst_delay_ms",
            "nobody_advisories_per_s",
            "bytes_per_download");

    @Test
    void endsWithOneLineOfFigures() {
        // Given
        StringWriter out = new StringWriter();
        CommandLine bench = new CommandLine(new MatchCommand()).setOut(new PrintWriter(out));

        // When
        int exit = bench.execute("--seconds", "1", "--scale", "0.005", "--partitions", "12", "--without-10m");

        // Then
        assertEquals(0, exit);
        assertIsReport(out.toString().lines().toList().getLast());
    }

    @Test
    void reportsGrowthToTheLargestThatWasMeasured() {
        MatchReport whole = report(OptionalDouble.of(12));
        assertIsReport(whole.json());
        assertTrue(whole.json().contains("\"scan_ms_10m\": 12.0, \"scan_growth\": 1.200"), whole.json());
        String without = report(OptionalDouble.empty()).json();
        assertTrue(without.contains("\"scan_ms_10m\": null, \"scan_growth\": 1.100"), without);
        assertTrue(without.contains("\"vs_postgres\": 2.000, \"vs_rocksdb\": 0.500"), without);
    }

    private static MatchReport report(OptionalDouble scan10m) {
        return new MatchReport(
                new StateBench.Result(40_000, 20_000, 80_000, 123.4),
                10,
                11,
                scan10m,
                new ScanBench.Fanout(5_000, 600),
                2_500);
    }

    private static void assertIsReport(String line) {
        assertAll(
                () -> assertTrue(line.startsWith("{") && line.endsWith("}"), line),
                () -> assertEquals(
                        FIGURES,
                        FIGURE.matcher(line)
                                .results()
                                .map(figure -> figure.group(1))
                                .toList(),
                        line));
    }
}
