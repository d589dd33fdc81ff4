package tocsin.bench;

import java.util.List;
import java.util.Locale;

/**
 * What endpoints that hang do to the others. Each p99 is in milliseconds, from the request's arrival at the broker's client to its arrival at the
 * receiver, under a steady load.
 *
 * @param p99 where none hangs
 * @param p99One of the others, while one hangs
 * @param p99Ten of the others, while ten hang
 * @param perSecond how many got through where none hangs, each time that more came than can be done at once
 * @param perSecondOne how many of the others, while one hangs
 */
record IsolateReport(double p99, double p99One, double p99Ten, List<Double> perSecond, List<Double> perSecondOne) {

    /** One line. */
    String json() {
        return "{\"p99_growth_1\": %s, \"throughput_1\": %s, \"p99_growth_10\": %s}"
                .formatted(ratio(p99One, p99), ratio(mean(perSecondOne), mean(perSecond)), ratio(p99Ten, p99));
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /** Null where there is nothing to compare. */
    private static String ratio(double of, double to) {
        return to > 0 && Double.isFinite(of) ? String.format(Locale.ROOT, "%.3f", of / to) : "null";
    }
}
