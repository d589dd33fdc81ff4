package tocsin.bench;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What was measured of the matcher.
 *
 * @param scan10m empty where that step was left out
 */
record MatchReport(
        StateBench.Result state,
        double scan100k,
        double scan1m,
        OptionalDouble scan10m,
        ScanBench.Fanout fanout,
        double nobodyPerSecond) {

    /** One line. What was not measured is null; growth is that to the largest number that was. */
    String json() {
        return ("{\"state_per_s\": %s, \"vs_postgres\": %s, \"vs_rocksdb\": %s, \"scan_ms_100k\": %s, \"scan_ms_1m\": %s,"
                        + " \"scan_ms_10m\": %s, \"scan_growth\": %s, \"fanout_matches_per_s\": %s,"
                        + " \"fanout_worst_delay_ms\": %s, \"nobody_advisories_per_s\": %s, \"bytes_per_download\": %s}")
                .formatted(
                        whole(state.matcher()),
                        ratio(state.matcher(), state.postgres()),
                        ratio(state.matcher(), state.rocksdb()),
                        decimal(scan100k),
                        decimal(scan1m),
                        scan10m.isPresent() ? decimal(scan10m.getAsDouble()) : "null",
                        ratio(scan10m.orElse(scan1m), scan100k),
                        whole(fanout.matchesPerSecond()),
                        whole(fanout.worstDelayMillis()),
                        whole(nobodyPerSecond),
                        decimal(state.bytesPerDownload()));
    }

    private static String whole(double number) {
        return Long.toString(Math.round(number));
    }

    private static String decimal(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }

    private static String ratio(double of, double to) {
        return to > 0 ? String.format(Locale.ROOT, "%.3f", of / to) : "null";
    }
}
