package tocsin.bench;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;

/**
 * Who fetches what in the benches: 100,000 packages of which few are fetched often, 20 versions, 2,000 organisations. Each time the same, if asked in
 * the same order.
 */
final class Crowd {

    private static final int PACKAGES = 100_000;
    private static final int VERSIONS = 20;
    private static final int ORGANISATIONS = 2_000;

    private final SplittableRandom random = new SplittableRandom(1);

    /** Uniform in the logarithm of the rank: the first hundred packages get as many as the next thousand. */
    String packageName() {
        return "package-" + (long) Math.pow(PACKAGES, random.nextDouble());
    }

    String version() {
        return random.nextInt(VERSIONS) + ".0.1";
    }

    /** A number. */
    int organisation() {
        return random.nextInt(ORGANISATIONS);
    }

    /** A number of ten. */
    int bot() {
        return random.nextInt(10);
    }

    /** The beginning of the day that is kept and not in the future. */
    static Instant yesterday(Clock clock) {
        return clock.instant().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(1));
    }
}
