package tocsin.engine;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;

/**
 * The waits after failed attempts, each with its topic; the first tier follows the first attempt, so a ladder of n
 * tiers allows n + 1 attempts.
 *
 * @param tiers at least one (deferrals need it), delays rising, topics distinct
 */
public record RetryLadder(List<Tier> tiers) {

    /** @param delay from the failed attempt to the next one, at least; positive */
    public record Tier(String topic, Duration delay) {
        public Tier {
            if (topic.isBlank()) {
                throw new IllegalArgumentException("a tier needs a topic");
            }
            if (!delay.isPositive()) {
                throw new IllegalArgumentException("the delay of " + topic + " must be positive: " + delay);
            }
        }
    }

    public RetryLadder {
        tiers = List.copyOf(tiers);
        if (tiers.isEmpty()) {
            throw new IllegalArgumentException("a ladder needs at least one tier");
        }
        var topics = new HashSet<String>();
        Duration before = Duration.ZERO;
        for (Tier tier : tiers) {
            if (!topics.add(tier.topic())) {
                throw new IllegalArgumentException("two tiers share the topic " + tier.topic());
            }
            if (tier.delay().compareTo(before) <= 0) {
                throw new IllegalArgumentException("delays must rise: " + tier.topic());
            }
            before = tier.delay();
        }
    }

    /** How often a record is attempted before it is exhausted. */
    public int attempts() {
        return tiers.size() + 1;
    }
}
