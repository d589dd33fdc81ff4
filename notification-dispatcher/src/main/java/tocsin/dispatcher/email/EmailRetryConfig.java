package tocsin.dispatcher.email;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;

/**
 * How long a mail waits after an answer that may change; each wait has its topic, whose name tells the default. Each is longer than the one before.
 *
 * @param first before the second attempt
 * @param second before the third
 * @param third before the fourth
 * @param fourth before the last
 */
@ConfigurationProperties("tocsin.email.retry")
record EmailRetryConfig(
        @Bindable(defaultValue = "PT1M") Duration first,
        @Bindable(defaultValue = "PT10M") Duration second,
        @Bindable(defaultValue = "PT1H") Duration third,
        @Bindable(defaultValue = "PT6H") Duration fourth) {}
