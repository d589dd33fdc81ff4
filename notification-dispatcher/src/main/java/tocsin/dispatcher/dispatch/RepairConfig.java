package tocsin.dispatcher.dispatch;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import tocsin.service.MissingConfiguration;

/**
 * Rows that wait longer than they should.
 *
 * @param after how long a row is pending before its request is sent once more, and as long again before the next time; at least an hour. What waits for an
 *     endpoint that is disabled waits on: its sender knows it
 * @param every how often it is looked
 */
@ConfigurationProperties("tocsin.repair")
record RepairConfig(
        @Bindable(defaultValue = "PT24H") Duration after,
        @Bindable(defaultValue = "PT1M") Duration every) {

    private static final Duration SHORTEST = Duration.ofHours(1);

    /** @throws MissingConfiguration for what would only repeat what is on its way */
    RepairConfig {
        if (after.compareTo(SHORTEST) < 0) {
            throw new MissingConfiguration("tocsin.repair.after is shorter than an hour");
        }
    }
}
