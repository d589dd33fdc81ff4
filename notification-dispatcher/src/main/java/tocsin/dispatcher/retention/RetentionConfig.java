package tocsin.dispatcher.retention;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tocsin.service.MissingConfiguration;

/**
 * How long things are kept.
 *
 * @param ledger notifications whose every row has ended, since they were written, and ids of matches that were decided together with others; at least
 *     30 days, for topics repeat records that are younger
 * @param told what audiences were told; absent: for ever. A match of what is removed would ring again, so it must be longer than {@code matcher}
 * @param matcher how long the matcher keeps downloads; needed where {@code told} is set
 * @param unconfirmed addresses that nobody confirmed, since they were last asked
 * @param every how often it is looked
 */
@ConfigurationProperties("tocsin.retention")
record RetentionConfig(
        @Bindable(defaultValue = "P400D") Duration ledger,
        @Nullable Duration told,
        @Nullable Duration matcher,
        @Bindable(defaultValue = "P30D") Duration unconfirmed,
        @Bindable(defaultValue = "PT1H") Duration every) {

    private static final Duration SHORTEST_LEDGER = Duration.ofDays(30);

    /** @throws MissingConfiguration for what would let something ring again */
    RetentionConfig {
        if (ledger.compareTo(SHORTEST_LEDGER) < 0) {
            throw new MissingConfiguration("tocsin.retention.ledger is shorter than 30 days");
        }
        if (told != null && matcher == null) {
            throw MissingConfiguration.of("tocsin.retention.matcher");
        }
        if (told != null && matcher != null && told.compareTo(matcher) <= 0) {
            throw new MissingConfiguration("tocsin.retention.told is not longer than tocsin.retention.matcher");
        }
    }
}
