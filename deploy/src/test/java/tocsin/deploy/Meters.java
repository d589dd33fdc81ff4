package tocsin.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The meters that the code makes, named as Prometheus gets to see them, with the description and the tags that they are made with. Each
 * is made by a builder, in one statement, from words that stand there: what is put together elsewhere cannot be told of.
 */
final class Meters {

    private static final String TEXT = "\"(?:[^\"\\\\]|\\\\.)*\"";

    /** Up to the end of the statement, or to where the meter is registered. */
    private static final Pattern BUILT = Pattern.compile(
            "(Counter|Gauge|Timer|DistributionSummary)\\s*\\.builder\\(\\s*\"((?:tocsin|delivery)\\.[a-z.]+)\"((?:[^;\"]|"
                    + TEXT + ")*?)(?:\\.register\\(|;)");

    /** Ways to make one that leave no room for a description. */
    private static final Pattern BARE =
            Pattern.compile("\\.(?:counter|timer|summary|gauge)\\(\\s*\"((?:tocsin|delivery)\\.[^\"]*)\"");

    private static final Pattern UNIT = Pattern.compile("\\.baseUnit\\(\"([a-z]+)\"\\)");
    private static final Pattern DESCRIPTION =
            Pattern.compile("\\.description\\(\\s*((?:" + TEXT + "|[A-Z_]+)(?:\\s*\\+\\s*" + TEXT + ")*)\\s*\\)");
    private static final Pattern TAG = Pattern.compile("\\.tag\\(\"([a-z_]+)\"");
    private static final Pattern ONE_TEXT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    /**
     * @param module that makes it
     * @param name as Prometheus shows it
     * @param labels in the order in which they are given
     */
    record Meter(String module, String name, List<String> labels, String description) {}

    private Meters() {}

    static Map<String, Meter> ofTheCode() {
        var meters = new TreeMap<String, Meter>();
        Stream.concat(Stream.of("service-defaults", "delivery-engine"), Sources.SERVICES.stream())
                .forEach(module -> Sources.codeOf(module).stream()
                        .flatMap(code -> in(module, code).stream())
                        .forEach(meter -> meters.putIfAbsent(meter.name(), meter)));
        return meters;
    }

    /** @throws AssertionError if one is made without a description */
    static List<Meter> in(String module, String code) {
        Matcher bare = BARE.matcher(code);
        if (bare.find()) {
            throw new AssertionError(module + " makes " + bare.group(1) + " without a description");
        }
        var meters = new ArrayList<Meter>();
        Matcher built = BUILT.matcher(code);
        while (built.find()) {
            String rest = built.group(3);
            Matcher unit = UNIT.matcher(rest);
            String name = (built.group(2) + (unit.find() ? "." + unit.group(1) : "")).replace('.', '_');
            String description = description(code, rest, module + "'s " + built.group(2));
            List<String> labels =
                    TAG.matcher(rest).results().map(tag -> tag.group(1)).toList();
            switch (built.group(1)) {
                case "Counter" -> meters.add(new Meter(module, name + "_total", labels, description));
                case "Timer" ->
                    measured(meters, new Meter(module, name + "_seconds", labels, description), rest, "the longest");
                case "DistributionSummary" ->
                    measured(meters, new Meter(module, name, labels, description), rest, "the largest");
                default -> meters.add(new Meter(module, name, labels, description));
            }
        }
        return meters;
    }

    /** Shown as several series: quantiles or else number and sum, and the largest beside them. */
    private static void measured(List<Meter> meters, Meter meter, String rest, String largest) {
        if (rest.contains(".publishPercentiles(")) {
            List<String> labels = Stream.concat(meter.labels().stream(), Stream.of("quantile"))
                    .toList();
            meters.add(new Meter(meter.module(), meter.name(), labels, meter.description()));
        } else {
            meters.add(new Meter(meter.module(), meter.name() + "_sum", meter.labels(), meter.description()));
            meters.add(
                    new Meter(meter.module(), meter.name() + "_count", meter.labels(), "how many those are together"));
        }
        meters.add(new Meter(meter.module(), meter.name() + "_max", meter.labels(), largest + " of the last minutes"));
    }

    private static String description(String code, String rest, String of) {
        Matcher found = DESCRIPTION.matcher(rest);
        if (!found.find()) {
            throw new AssertionError(of + " has no description");
        }
        String words = found.group(1);
        if (!words.startsWith("\"")) {
            words = constant(code, words);
        }
        return ONE_TEXT.matcher(words)
                .results()
                .map(text -> text.group(1).translateEscapes())
                .collect(Collectors.joining());
    }

    private static String constant(String code, String name) {
        Matcher found = Pattern.compile("String " + name + "\\s*=\\s*((?:[^;\"]|" + TEXT + ")*);")
                .matcher(code);
        if (!found.find()) {
            throw new AssertionError("no constant " + name);
        }
        return found.group(1);
    }
}
