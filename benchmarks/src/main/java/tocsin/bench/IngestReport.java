package tocsin.bench;

import java.util.Locale;
import java.util.Optional;

/**
 * What was measured, in records and rows a second.
 *
 * @param history empty where the history was not measured
 */
record IngestReport(double copyLimitPerSecond, double trackerPerSecond, Optional<History> history) {

    /** @param bareCopyPerSecond of a bare {@code COPY} of the same rows into the same table */
    record History(double perSecond, double bareCopyPerSecond) {}

    /**
     * Without the history. A copy that something else held up is no limit, so the better one counts.
     *
     * @param before of the copy that ran before the tracker
     * @param after of the one that ran after it
     */
    static IngestReport of(double trackerPerSecond, double before, double after) {
        return new IngestReport(Math.max(before, after), trackerPerSecond, Optional.empty());
    }

    /** One line. What was not measured is null. */
    String json() {
        return "{\"copy_limit_per_s\": %s, \"tracker_per_s\": %s, \"ratio\": %s, \"history_per_s\": %s, \"bare_copy_per_s\": %s, \"history_ratio\": %s}"
                .formatted(
                        whole(copyLimitPerSecond),
                        whole(trackerPerSecond),
                        ratio(trackerPerSecond, copyLimitPerSecond),
                        history.map(it -> whole(it.perSecond())).orElse("null"),
                        history.map(it -> whole(it.bareCopyPerSecond())).orElse("null"),
                        history.map(it -> ratio(it.perSecond(), it.bareCopyPerSecond()))
                                .orElse("null"));
    }

    private static String whole(double rate) {
        return Long.toString(Math.round(rate));
    }

    private static String ratio(double of, double to) {
        return to > 0 ? String.format(Locale.ROOT, "%.3f", of / to) : "null";
    }
}
