package tocsin.sender.deliverylog;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import tocsin.service.MissingConfiguration;

/**
 * How long the delivery log is kept.
 *
 * @param retentionDays whole days before today; at least 15, for topics repeat requests that are younger, and only the log knows
 *     that they were sent; 30 by default
 * @param upkeep how often it is looked for days that are to be made or dropped
 */
@ConfigurationProperties("tocsin.delivery-log")
record DeliveryLogConfig(
        @Bindable(defaultValue = "30") int retentionDays,
        @Bindable(defaultValue = "PT10M") Duration upkeep) {

    private static final int SHORTEST = 15;
    private static final int LONGEST = 3_660;

    /** @throws MissingConfiguration if a value makes no sense */
    DeliveryLogConfig {
        if (retentionDays < SHORTEST || retentionDays > LONGEST) {
            throw new MissingConfiguration(
                    "tocsin.delivery-log.retention-days is not from " + SHORTEST + " to " + LONGEST);
        }
        if (!upkeep.isPositive()) {
            throw new MissingConfiguration("tocsin.delivery-log.upkeep is not positive");
        }
    }
}
