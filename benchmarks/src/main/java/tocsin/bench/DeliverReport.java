package tocsin.bench;

import java.util.Locale;

/** What was measured, in deliveries a second. */
record DeliverReport(double oursPerSecond, double clientLimitPerSecond) {

    /**
     * A client that something else held up is no limit, so the better run counts.
     *
     * @param before of the client that ran before the sender
     * @param after of the one that ran after it
     */
    static DeliverReport of(double ours, double before, double after) {
        return new DeliverReport(ours, Math.max(before, after));
    }

    /** One line. A ratio to nothing is null. */
    String json() {
        return String.format(
                Locale.ROOT,
                "{\"ours_per_s\": %d, \"client_limit_per_s\": %d, \"ratio\": %s}",
                Math.round(oursPerSecond),
                Math.round(clientLimitPerSecond),
                clientLimitPerSecond > 0
                        ? String.format(Locale.ROOT, "%.3f", oursPerSecond / clientLimitPerSecond)
                        : "null");
    }
}
