package tocsin.bench;

import java.util.List;
import java.util.Locale;

/**
 * Times from an advisory's sending to its arrival, in milliseconds.
 *
 * @param webhook with nothing else to do
 * @param email likewise
 * @param loadedWebhook under load
 */
record LatencyReport(List<Double> webhook, List<Double> email, List<Double> loadedWebhook) {

    /** One line. What was not measured is null. */
    String json() {
        return "{\"webhook_p50_ms\": %s, \"webhook_p99_ms\": %s, \"email_p50_ms\": %s, \"email_p99_ms\": %s, \"loaded_webhook_p99_ms\": %s}"
                .formatted(p(webhook, 0.5), p(webhook, 0.99), p(email, 0.5), p(email, 0.99), p(loadedWebhook, 0.99));
    }

    /** For people. */
    static String words(List<Double> millis) {
        return millis.size() + " measured, p50 " + p(millis, 0.5) + " ms, p90 " + p(millis, 0.9) + " ms, p99 "
                + p(millis, 0.99) + " ms, worst " + p(millis, 1) + " ms";
    }

    private static String p(List<Double> millis, double part) {
        double value = Percentile.of(millis, part);
        return Double.isNaN(value) ? "null" : String.format(Locale.ROOT, "%.1f", value);
    }
}
