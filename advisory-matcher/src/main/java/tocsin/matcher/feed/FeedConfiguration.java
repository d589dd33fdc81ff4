package tocsin.matcher.feed;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.util.List;

/**
 * Who feeds are.
 *
 * @param subjects who publishes a feed by HTTP, each as {@code name=subject}, where the subject is that of the bearer token. A feed that is not
 *     named here is published by the subject of its own name. None by default
 */
@ConfigurationProperties("tocsin.feeds")
record FeedConfiguration(@Bindable(defaultValue = "") List<String> subjects) {

    FeedConfiguration {
        subjects =
                subjects.stream().map(String::strip).filter(it -> !it.isEmpty()).toList();
    }
}
