package tocsin.engine;

import java.time.Duration;

/**
 * What one engine reads and how much at once.
 *
 * @param groupId consumer group of the source topic; each tier reads with the group {@code groupId.topic}, so that a
 *     rebalance of one tier leaves the others alone and each has its own lag
 * @param sourceTopic first attempts; its records are always taken as new, whatever engine headers they bear
 * @param deadTopic takes what is dead or exhausted
 */
public record EngineConfig(
        String groupId, String sourceTopic, RetryLadder ladder, String deadTopic, Limits limits, Timing timing) {

    /** With the default limits and times. */
    public EngineConfig(String groupId, String sourceTopic, RetryLadder ladder, String deadTopic) {
        this(groupId, sourceTopic, ladder, deadTopic, Limits.DEFAULT, Timing.DEFAULT);
    }

    public EngineConfig {
        if (groupId.isBlank() || sourceTopic.isBlank() || deadTopic.isBlank()) {
            throw new IllegalArgumentException("group, source topic and dead topic are needed");
        }
    }

    public EngineConfig withLimits(Limits changed) {
        return new EngineConfig(groupId, sourceTopic, ladder, deadTopic, changed, timing);
    }

    public EngineConfig withTiming(Timing changed) {
        return new EngineConfig(groupId, sourceTopic, ladder, deadTopic, limits, changed);
    }

    /**
     * Bounds of memory and concurrency.
     *
     * @param windowRecords received and not yet done records of one partition at which reading it pauses; one poll more
     *     can come on top. Done ones that wait for their commit behind an open one may be 25 times as many, since only
     *     their offsets are kept
     * @param windowBytes keys, bodies and headers of the received and not yet done records of all partitions together,
     *     source and tiers; each assigned partition has an equal share, at which reading it pauses. By default a quarter
     *     of the largest heap
     * @param inFlight attempts running at the same time, all keys and tiers together
     * @param inFlightPerKey most attempts of one key running at the same time; four at first, one more with each that ends well, half as many with each that fails
     * @param queuePerKey records of one key that wait for their turn; what comes beyond is deferred, unless the key is
     *     so quick that it would be back later than it would have had its turn
     * @param firstAttemptShare part of {@code inFlight} that retries never take; from 0 to below 1
     */
    public record Limits(
            int windowRecords,
            long windowBytes,
            int inFlight,
            int inFlightPerKey,
            int queuePerKey,
            double firstAttemptShare) {

        public static final Limits DEFAULT =
                new Limits(2_000, Runtime.getRuntime().maxMemory() / 4, 2_000, 16, 200, 0.25);

        public Limits {
            if (windowRecords < 1 || windowBytes < 1 || inFlight < 1 || inFlightPerKey < 1 || queuePerKey < 0) {
                throw new IllegalArgumentException("limits must be positive");
            }
            if (!(firstAttemptShare >= 0 && firstAttemptShare < 1)) {
                throw new IllegalArgumentException("firstAttemptShare must be from 0 to below 1: " + firstAttemptShare);
            }
        }

        int retriesInFlight() {
            return Math.max(1, (int) Math.floor(inFlight * (1 - firstAttemptShare)));
        }
    }

    /**
     * @param poll longest sleep of a poll thread; also how late a completion can be noticed for a commit
     * @param commit shortest time between two commits of a tier; what was done since the last one comes again after a
     *     crash
     * @param revoke how long a rebalance waits for running attempts of the partitions that leave
     * @param close how long {@link DeliveryEngine#close()} waits for running attempts; more than the longest attempt
     * @param faultPatience how long one delivery is tried again in place after exceptions of the handler that concern
     *     it alone, before it goes round the last tier so that nothing waits behind it
     */
    public record Timing(Duration poll, Duration commit, Duration revoke, Duration close, Duration faultPatience) {

        public static final Timing DEFAULT = new Timing(
                Duration.ofMillis(100),
                Duration.ofMillis(100),
                Duration.ofSeconds(5),
                Duration.ofSeconds(20),
                Duration.ofSeconds(30));

        public Timing {
            if (!poll.isPositive() || !commit.isPositive() || revoke.isNegative() || close.isNegative()) {
                throw new IllegalArgumentException("times must be positive");
            }
            if (faultPatience.isNegative()) {
                throw new IllegalArgumentException("faultPatience must not be negative: " + faultPatience);
            }
        }
    }
}
