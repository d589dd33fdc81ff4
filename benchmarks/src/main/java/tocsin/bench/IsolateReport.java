package tocsin.bench;

import java.util.Locale;

/**
 * What endpoints that hang do to the others.
 *
 * @param without both runs in which none hangs, taken together
 * @param one of the others, while one hangs
 * @param ten of the others, while ten hang
 */
record IsolateReport(Others without, Others one, Others ten) {

    /**
     * How the endpoints that do not hang fare.
     *
     * @param p99Millis from the request's arrival at the broker's client to its arrival at the receiver, under a steady load
     * @param perSecond how many got through when more came than can be done at once
     */
    record Others(double p99Millis, double perSecond) {

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "p99 %.1f ms, %.0f/s", p99Millis, perSecond);
        }
    }

    /** One line. */
    String json() {
        return "{\"p99_growth_1\": %s, \"throughput_1\": %s, \"p99_growth_10\": %s}"
                .formatted(
                        ratio(one.p99Millis(), without.p99Millis()),
                        ratio(one.perSecond(), without.perSecond()),
                        ratio(ten.p99Millis(), without.p99Millis()));
    }

    /** Null where there is nothing to compare. */
    private static String ratio(double of, double to) {
        return to > 0 && Double.isFinite(of) ? String.format(Locale.ROOT, "%.3f", of / to) : "null";
    }
}
