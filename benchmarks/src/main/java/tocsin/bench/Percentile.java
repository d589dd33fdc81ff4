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
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, (int) Math.ceil(part * sorted.length) - 1)];
    }
}
