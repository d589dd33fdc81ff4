package tocsin.matcher.bucket;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** When a bucket is looked at again. Never at the same moment as everybody else looks, and ever later while it fails. */
record Backoff(Duration interval, RandomGenerator random) {

    private static final Duration LONGEST = Duration.ofHours(1);

    /** A server that asks for more than that is not obeyed: an alarm that nobody hears is worse than a request. */
    private static final Duration LONGEST_ASKED = Duration.ofHours(6);

    private static final int MOST_DOUBLINGS = 16;

    /**
     * @param failures in a row; 0: it was read
     * @param retryAfter how long the server asks to be left alone
     */
    Duration next(int failures, Optional<Duration> retryAfter) {
        Duration longest = LONGEST.compareTo(interval) > 0 ? LONGEST : interval;
        Duration grown = interval.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
        Duration plain = failures > 0 && grown.compareTo(longest) > 0 ? longest : failures > 0 ? grown : interval;
        Duration jittered = Duration.ofMillis((long) (plain.toMillis() * (0.8 + 0.4 * random.nextDouble())));
        return retryAfter
                .map(asked -> asked.compareTo(LONGEST_ASKED) > 0 ? LONGEST_ASKED : asked)
                .filter(asked -> asked.compareTo(jittered) > 0)
                .orElse(jittered);
    }
}
