package tocsin.sender.replay;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import tocsin.service.MissingConfiguration;

/**
 * How much an organisation may ask for again.
 *
 * @param resendsPerMinute deliveries that it may resend one by one in a minute; 60 by default
 * @param perSecond deliveries that a replay sends in a second, unless it asks for fewer; 50 by default, at most 500
 */
@ConfigurationProperties("tocsin.replay")
record ReplayConfig(
        @Bindable(defaultValue = "60") int resendsPerMinute,
        @Bindable(defaultValue = "50") int perSecond) {

    private static final int FASTEST = 500;

    /** @throws MissingConfiguration if a value makes no sense */
    ReplayConfig {
        if (resendsPerMinute < 1) {
            throw new MissingConfiguration("tocsin.replay.resends-per-minute is not positive");
        }
        if (perSecond < 1 || perSecond > FASTEST) {
            throw new MissingConfiguration("tocsin.replay.per-second is not from 1 to " + FASTEST);
        }
    }
}
