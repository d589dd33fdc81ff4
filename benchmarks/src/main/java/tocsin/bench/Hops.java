package tocsin.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Where things on their way were seen, and what each stretch took them. */
final class Hops {

    private final Map<String, Map<String, Instant>> places = new LinkedHashMap<>();

    /**
     * In the order of the way; the first is where it begins.
     *
     * @param seen by the name of what passed
     */
    Hops then(String place, Map<String, Instant> seen) {
        places.put(place, seen);
        return this;
    }

    /** One line: for each place how long after the one before. Only what was seen at both counts. */
    String words(Collection<String> names) {
        List<String> order = new ArrayList<>(places.keySet());
        List<String> stretches = new ArrayList<>();
        for (int i = 1; i < order.size(); i++) {
            List<Double> millis = millis(names, order.get(i - 1), order.get(i));
            stretches.add(String.format(
                    Locale.ROOT,
                    "%s %.1f (p99 %.1f)",
                    order.get(i),
                    Percentile.of(millis, 0.5),
                    Percentile.of(millis, 0.99)));
        }
        return stretches.stream().collect(Collectors.joining(", "));
    }

    private List<Double> millis(Collection<String> names, String from, String to) {
        Map<String, Instant> left = places.getOrDefault(from, Map.of());
        Map<String, Instant> came = places.getOrDefault(to, Map.of());
        List<Double> millis = new ArrayList<>();
        for (String name : names) {
            Instant start = left.get(name);
            Instant end = came.get(name);
            if (start != null && end != null) {
                millis.add(Duration.between(start, end).toNanos() / 1e6);
            }
        }
        return millis;
    }
}
