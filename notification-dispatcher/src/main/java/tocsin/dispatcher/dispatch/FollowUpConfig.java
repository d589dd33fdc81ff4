package tocsin.dispatcher.dispatch;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;

/**
 * Late downloads of an incident that the audience knows.
 *
 * @param window how long the first of them waits for others, before all go in one notification
 */
@ConfigurationProperties("tocsin.follow-up")
record FollowUpConfig(@Bindable(defaultValue = "PT5S") Duration window) {}
