package tocsin.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How long after its time each tier's attempt came.
 *
 * @param early how many came before it
 * @param idle milliseconds late by tier, the first tier first, with nothing else to do
 * @param loaded the same under load
 */
record PunctualReport(long early, Map<String, List<Double>> idle, Map<String, List<Double>> loaded) {

    /** One line. A tier without a measurement is null. */
    String json() {
        return "{\"early\": %d, \"idle_p99_ms\": %s, \"loaded_p99_ms\": %s}".formatted(early, p99(idle), p99(loaded));
    }

    private static String p99(Map<String, List<Double>> byTier) {
        return byTier.entrySet().stream()
                .map(tier -> "\"" + tier.getKey() + "\": " + millis(Percentile.of(tier.getValue(), 0.99)))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String millis(double late) {
        return Double.isNaN(late) ? "null" : String.format(Locale.ROOT, "%.1f", late);
    }
}
