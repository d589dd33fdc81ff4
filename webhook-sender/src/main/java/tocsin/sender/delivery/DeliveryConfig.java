package tocsin.sender.delivery;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How deliveries are attempted.
 *
 * @param waits before attempts 2, 3 and 4, rising, one for each of the topics {@code webhook.retry.1s}, {@code .10s} and
 *     {@code .60s}; 1 s, 10 s, 60 s by default, which is what customers are told
 * @param retryAfterCap the longest wait that a receiver's {@code Retry-After} gets; 24 h by default. What is longer than
 *     the wait that follows the attempt anyway is spent in the database
 * @param inFlight attempts at the same time; 2000 by default
 * @param inFlightPerEndpoint of one endpoint at most; 16 by default
 */
@ConfigurationProperties("tocsin.delivery")
record DeliveryConfig(
        @Bindable(defaultValue = "PT1S,PT10S,PT60S") List<Duration> waits,
        @Bindable(defaultValue = "PT24H") Duration retryAfterCap,
        @Bindable(defaultValue = "2000") int inFlight,
        @Bindable(defaultValue = "16") int inFlightPerEndpoint) {

    static final int TIERS = 3;

    DeliveryConfig {
        waits = List.copyOf(waits);
        if (waits.size() != TIERS) {
            throw new IllegalArgumentException("tocsin.delivery.waits needs " + TIERS + " waits, has " + waits.size());
        }
        if (retryAfterCap.isNegative() || inFlight < 1 || inFlightPerEndpoint < 1) {
            throw new IllegalArgumentException("tocsin.delivery: caps must be positive");
        }
    }

    /**
     * The wait that a receiver asks for, where it is longer than the ladder's own: in a retry topic it would hold a place of everybody's until then.
     *
     * @param attempt that failed
     * @return empty after the last
     */
    Optional<Duration> beyondLadder(int attempt, Optional<Duration> asked) {
        return waitAfter(attempt).flatMap(own -> asked.filter(wait -> wait.compareTo(own) > 0));
    }

    /** @param attempt that failed. @return empty after the last */
    Optional<Duration> waitAfter(int attempt) {
        return attempt <= waits.size() ? Optional.of(waits.get(attempt - 1)) : Optional.empty();
    }
}
