package tocsin.sender.parking;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;

/**
 * How parked deliveries go back.
 *
 * @param perSecond how many each instance sends back in a second, at most 20 of them to one endpoint, 5 to one that is left alone and has failed for less than {@code tocsin.breaker.patience}, and none after 32 MiB; 500 by default
 * @param busyPause how long a delivery waits whose endpoint had too many others under way; 30 s by default
 */
@ConfigurationProperties("tocsin.parking")
public record ParkingConfig(
        @Bindable(defaultValue = "500") int perSecond,
        @Bindable(defaultValue = "PT30S") Duration busyPause) {

    public ParkingConfig {
        if (perSecond < 1 || busyPause.isNegative()) {
            throw new IllegalArgumentException("tocsin.parking: per-second must be positive, busy-pause not negative");
        }
    }
}
