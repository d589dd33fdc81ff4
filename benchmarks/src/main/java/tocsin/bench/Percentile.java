package tocsin.bench;

import java.util.Collection;

/** Of a number of measurements, the one below which a part of all lie. */
final class Percentile {

    private Percentile() {}

    /**
     * The nearest rank.
     *
     * @param part above 0, at most 1
     * @return NaN of none
     */
    static double of(Collection<Double> values, double part) {
        double[] sorted = sorted(values);
        return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, (int) Math.ceil(part * sorted.length) - 1)];
    }

    /** @return the mean of the two in the middle of an even number; NaN of none */
    static double median(Collection<Double> values) {
        double[] sorted = sorted(values);
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double[] sorted(Collection<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }
}
