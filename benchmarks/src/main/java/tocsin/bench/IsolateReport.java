package tocsin.bench;

import java.util.List;
import java.util.Locale;

/**
 * What endpoints that hang do to the others. Medians are compared, so that a single disturbed load does not decide.
 *
 * @param p99 milliseconds from the request's arrival at the broker's client to its arrival at the receiver, of each steady load while none hangs
 * @param p99One of the others, of each while one hangs
 * @param p99Ten of the others, of each while ten hang
 * @param perSecond how many got through, of each burst while none hangs
 * @param perSecondOne how many of the others, of each while one hangs
 */
record IsolateReport(
        List<Double> p99, List<Double> p99One, List<Double> p99Ten, List<Double> perSecond, List<Double> perSecondOne) {

    /** One line. */
    String json() {
        return "{\"p99_growth_1\": %s, \"throughput_1\": %s, \"p99_growth_10\": %s}"
                .formatted(ratio(p99One, p99), ratio(perSecondOne, perSecond), ratio(p99Ten, p99));
    }

    /** Null where there is nothing to compare. */
    private static String ratio(List<Double> measured, List<Double> baseline) {
        double of = Percentile.median(measured);
        double to = Percentile.median(baseline);
        return to > 0 && Double.isFinite(of) ? String.format(Locale.ROOT, "%.3f", of / to) : "null";
    }
}
