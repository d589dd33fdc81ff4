package tocsin.bench;

import java.util.Collection;
import java.util.Locale;

/** What was measured, in records and rows a second. */
record IngestReport(double copyLimitPerSecond, double trackerPerSecond, History history) {

    private static final double MEDIAN = 0.5;

    /** @param bareCopyPerSecond of a bare {@code COPY} of the same rows into the same table */
    record History(double perSecond, double bareCopyPerSecond) {}

    /**
     * The median of each: what else runs on the machine slows down one of several, or gives it more than its share.
     *
     * @param tracker by round
     * @param copies by round, each before the tracker's
     */
    static IngestReport of(Collection<Double> tracker, Collection<Double> copies, History history) {
        return new IngestReport(Percentile.of(copies, MEDIAN), Percentile.of(tracker, MEDIAN), history);
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
