package tocsin.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tocsin.deploy.Meters.Meter;

/**
 * The tables of {@code docs/metrics.md}. Rows of our own meters are written from the code; what stands around them, rows of others' metrics,
 * and since when a series is shown are written by hand.
 */
final class MetricsDocument {

    static final String FILE = "docs/metrics.md";

    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z0-9_]+)` \\| ([^|]*) \\| (start|rang|event) \\| ([^|]+) \\|");

    private static final Map<String, String> SECTIONS =
            Map.of("service-defaults", "## Every service", "delivery-engine", "## What the delivery engine shows");

    /** @param shown since when a series is there: the start, an alarm that rang, or the first event */
    record Metric(String name, String labels, String shown) {}

    private MetricsDocument() {}

    static Map<String, Metric> read() {
        var metrics = new TreeMap<String, Metric>();
        Sources.text(FILE).lines().filter(line -> line.startsWith("| `")).forEach(line -> {
            Metric metric = metric(line);
            if (metrics.put(metric.name(), metric) != null) {
                throw new AssertionError("told twice: " + metric.name());
            }
        });
        return metrics;
    }

    private static Metric metric(String line) {
        Matcher row = ROW.matcher(line);
        if (!row.matches()) {
            throw new AssertionError("not a row of metrics: " + line);
        }
        return new Metric(row.group(1), row.group(2), row.group(3));
    }

    /** With the rows of our meters as the code has them; one that is new comes to the end of its module's first table. */
    static String of(String document, Map<String, Meter> made) {
        Map<String, Meter> missing = new TreeMap<>(made);
        List<String> lines = new ArrayList<>();
        document.lines().forEach(line -> {
            if (!line.startsWith("| `")) {
                lines.add(line);
                return;
            }
            Metric metric = metric(line);
            Meter meter = missing.remove(metric.name());
            if (meter != null) {
                lines.add(row(meter, metric.shown()));
            } else if (!isOurs(metric.name())) {
                lines.add(line);
            }
        });
        missing.values().forEach(meter -> lines.add(endOfTable(lines, meter.module()), row(meter, "event")));
        return String.join("\n", lines) + "\n";
    }

    private static boolean isOurs(String name) {
        return name.startsWith("tocsin_") || name.startsWith("delivery_");
    }

    private static String row(Meter meter, String shown) {
        String labels = meter.labels().isEmpty()
                ? "–"
                : meter.labels().stream().map(label -> "`" + label + "`").collect(Collectors.joining(", "));
        return "| `" + meter.name() + "` | " + labels + " | " + shown + " | " + meter.description() + " |";
    }

    private static int endOfTable(List<String> lines, String module) {
        String section = SECTIONS.getOrDefault(module, "## " + module);
        int line = 0;
        while (!lines.get(line).startsWith(section)) {
            line++;
        }
        while (!lines.get(line).startsWith("|")) {
            line++;
        }
        while (line < lines.size() && lines.get(line).startsWith("|")) {
            line++;
        }
        return line;
    }
}
