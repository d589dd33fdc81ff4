package tocsin.tracker.recording;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;

/**
 * How downloads wait for the registration of their token.
 *
 * @param limit how long, from when they were parked; then they go to quarantine. 15 minutes by default
 * @param maxRecords how many one instance holds in memory; those beyond wait in their topic and are looked at when there is room, by their limit
 *     at the latest. 20000 by default
 * @param maxBytes the same in bytes of keys, values and headers. 32 MiB by default
 */
@ConfigurationProperties("tocsin.waiting")
public record WaitingConfiguration(
        @Bindable(defaultValue = "PT15M") Duration limit,
        @Bindable(defaultValue = "20000") int maxRecords,
        @Bindable(defaultValue = "33554432") long maxBytes) {

    /** @throws IllegalArgumentException if one is not positive */
    public WaitingConfiguration {
        if (!limit.isPositive() || maxRecords < 1 || maxBytes < 1) {
            throw new IllegalArgumentException("tocsin.waiting.limit, .max-records and .max-bytes must be positive");
        }
    }
}
