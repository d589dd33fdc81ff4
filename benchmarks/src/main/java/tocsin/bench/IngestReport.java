package tocsin.bench;

import java.util.Locale;

/** What was measured, in records and rows a second. */
record IngestReport(double copyLimitPerSecond, double trackerPerSecond, History history) {

    /** @param bareCopyPerSecond of a bare {@code COPY} of the same rows into the same table */
    record History(double perSecond, double bareCopyPerSecond) {}

    /**
     * A copy that something else held up is no limit, so the better one counts.
     *
     * @param before of the copy that ran before the tracker
     * @param after of the one that ran after it
     */
    static IngestReport of(double trackerPerSecond, double before, double after, History history) {
        return new IngestReport(Math.max(before, after), trackerPerSecond, history);
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
