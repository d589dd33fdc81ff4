package tocsin.deploy;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of {@code docs/metrics.md}. */
final class MetricsDocument {

    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z0-9_]+)` \\| ([^|]*) \\| (start|rang|event) \\| [^|]+ \\|");

    /** @param shown since when a series is there: the start, an alarm that rang, or the first event */
    record Metric(String name, String labels, String shown) {}

    private MetricsDocument() {}

    static Map<String, Metric> read() {
        var metrics = new TreeMap<String, Metric>();
        Sources.text("docs/metrics.md")
                .lines()
                .filter(line -> line.startsWith("| `"))
                .forEach(line -> {
                    Matcher row = ROW.matcher(line);
                    if (!row.matches()) {
                        throw new AssertionError("not a row of metrics: " + line);
                    }
                    if (metrics.put(row.group(1), new Metric(row.group(1), row.group(2), row.group(3))) != null) {
                        throw new AssertionError("told twice: " + row.group(1));
                    }
                });
        return metrics;
    }
}
