package tocsin.bench;

import java.util.Collection;
import java.util.Collections;
import java.util.Locale;

/** What was measured, in records and rows a second. */
record IngestReport(double copyLimitPerSecond, double trackerPerSecond, History history) {

    /** @param bareCopyPerSecond of a bare {@code COPY} of the same rows into the same table */
    record History(double perSecond, double bareCopyPerSecond) {}

    /**
     * The fastest of each side: what something else on the machine held up is nobody's speed.
     *
     * @param tracker by round, at least one
     * @param copies by round, at least one
     */
    static IngestReport of(Collection<Double> tracker, Collection<Double> copies, History history) {
        return new IngestReport(Collections.max(copies), Collections.max(tracker), history);
    }

    /** One line. A ratio to nothing is null. */
    String json() {
        return "{\"copy_limit_per_s\": %s, \"tracker_per_s\": %s, \"ratio\": %s, \"history_per_s\": %s, \"bare_copy_per_s\": %s, \"history_ratio\": %s}"
                .formatted(
                        whole(copyLimitPerSecond),
                        whole(trackerPerSecond),
                        ratio(trackerPerSecond, copyLimitPerSecond),
                        whole(history.perSecond()),
                        whole(history.bareCopyPerSecond()),
                        ratio(history.perSecond(), history.bareCopyPerSecond()));
    }

    private static String whole(double rate) {
        return Long.toString(Math.round(rate));
    }

    private static String ratio(double of, double to) {
        return to > 0 ? String.format(Locale.ROOT, "%.3f", of / to) : "null";
    }
}
