package tocsin.sender.breaker;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;

/**
 * When an endpoint that fails is left alone.
 *
 * @param failures attempts in a row that fail before it is; 20 by default
 * @param pause how long at first, twice as long each further time; 30 s by default
 * @param longestPause 5 min by default
 * @param probeTime how long the one attempt after a pause has before another is made in its place; 15 s by default
 * @param patience how long a delivery waits for such an endpoint, one pause after the other, before it ends as failed; 1 h by default
 * @param disableAfter how long all attempts fail before the endpoint is disabled; 5 days by default
 */
@ConfigurationProperties("tocsin.breaker")
public record BreakerConfig(
        @Bindable(defaultValue = "20") int failures,
        @Bindable(defaultValue = "PT30S") Duration pause,
        @Bindable(defaultValue = "PT5M") Duration longestPause,
        @Bindable(defaultValue = "PT15S") Duration probeTime,
        @Bindable(defaultValue = "PT1H") Duration patience,
        @Bindable(defaultValue = "P5D") Duration disableAfter) {

    public BreakerConfig {
        if (failures < 1
                || !pause.isPositive()
                || longestPause.compareTo(pause) < 0
                || !probeTime.isPositive()
                || patience.isNegative()
                || !disableAfter.isPositive()) {
            throw new IllegalArgumentException(
                    "tocsin.breaker: all must be positive, and longest-pause no shorter than pause");
        }
    }
}
