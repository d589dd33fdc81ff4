package tocsin.matcher.topology;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;

/**
 * How long downloads are kept for advisories that are still to come.
 *
 * @param retention after the fetch; 0: for good. Those that an advisory of the last 30 days counts, or one that is held, stay longer
 */
@ConfigurationProperties("tocsin.matcher")
public record RetentionConfiguration(
        @Bindable(defaultValue = "365d") Duration retention) {

    public RetentionConfiguration {
        if (retention.isNegative()) {
            throw new IllegalArgumentException("tocsin.matcher.retention must not be negative");
        }
    }
}
