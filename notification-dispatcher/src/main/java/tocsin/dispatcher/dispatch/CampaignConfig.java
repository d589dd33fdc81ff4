package tocsin.dispatcher.dispatch;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import tocsin.service.MissingConfiguration;

/**
 * Many notices to one audience in a short time.
 *
 * @param window how long after a mail further notices to the same audience wait, to be told in one mail; zero: each has a mail of its own. A day at most
 */
@ConfigurationProperties("tocsin.campaign")
record CampaignConfig(@Bindable(defaultValue = "PT15M") Duration window) {

    private static final Duration LONGEST = Duration.ofDays(1);

    /** @throws MissingConfiguration for what nobody would wait for */
    CampaignConfig {
        if (window.isNegative() || window.compareTo(LONGEST) > 0) {
            throw new MissingConfiguration("tocsin.campaign.window is not between zero and a day");
        }
    }
}
