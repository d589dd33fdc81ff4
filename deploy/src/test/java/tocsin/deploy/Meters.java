package tocsin.deploy;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The meters that the code makes, named as Prometheus gets to see them. */
final class Meters {

    /** Up to where a meter is registered; what it counts in is said on the way. */
    private static final Pattern BUILT = Pattern.compile(
            "(Counter|Gauge|Timer)\\s*\\.builder\\(\\s*\"((?:tocsin|delivery)\\.[a-z.]+)\"(.*?)\\.register\\(",
            Pattern.DOTALL);

    private static final Pattern COUNTED = Pattern.compile("\\.counter\\(\\s*\"((?:tocsin|delivery)\\.[a-z.]+[a-z])\"");
    private static final Pattern ENGINE_GAUGE = Pattern.compile("\\bgauge\\(\"(delivery\\.[a-z.]+)\"");
    private static final Pattern UNIT = Pattern.compile("\\.baseUnit\\(\"([a-z]+)\"\\)");
    private static final Pattern INCREMENT = Pattern.compile("\\bincrement\\(\"([a-z]+)\"");

    /** The one name that is put together: what became of a download. */
    private static final String PUT_TOGETHER = "\"tocsin.downloads.\" + what";

    private Meters() {}

    static Set<String> ofTheCode() {
        var names = new TreeSet<String>();
        Stream.concat(Stream.of("service-defaults", "delivery-engine"), Sources.SERVICES.stream())
                .flatMap(module -> Sources.codeOf(module).stream())
                .forEach(code -> collect(code, names));
        return names;
    }

    private static void collect(String code, Set<String> names) {
        Matcher built = BUILT.matcher(code);
        while (built.find()) {
            Matcher unit = UNIT.matcher(built.group(3));
            String name = built.group(2) + (unit.find() ? "." + unit.group(1) : "");
            switch (built.group(1)) {
                case "Counter" -> names.add(prometheus(name) + "_total");
                case "Timer" -> {
                    names.add(prometheus(name) + "_seconds");
                    names.add(prometheus(name) + "_seconds_max");
                }
                default -> names.add(prometheus(name));
            }
        }
        for (Pattern pattern : new Pattern[] {COUNTED, ENGINE_GAUGE}) {
            Matcher found = pattern.matcher(code);
            while (found.find()) {
                names.add(prometheus(found.group(1)) + (pattern == COUNTED ? "_total" : ""));
            }
        }
        if (code.contains(PUT_TOGETHER)) {
            Matcher increment = INCREMENT.matcher(code);
            while (increment.find()) {
                names.add("tocsin_downloads_" + increment.group(1) + "_total");
            }
        }
    }

    private static String prometheus(String name) {
        return name.replace('.', '_').toLowerCase(Locale.ROOT);
    }
}
