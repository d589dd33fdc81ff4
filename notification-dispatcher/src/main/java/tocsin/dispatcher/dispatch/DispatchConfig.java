package tocsin.dispatcher.dispatch;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import tocsin.service.MissingConfiguration;

/**
 * How matches become notices.
 *
 * @param threads that each read partitions of {@code advisory.matched}, as members of one group; more than this instance has partitions do nothing. Each needs
 *     a connection to the database while it writes
 */
@ConfigurationProperties("tocsin.dispatch")
record DispatchConfig(@Bindable(defaultValue = "3") int threads) {

    private static final int MOST = 64;

    /** @throws MissingConfiguration for none, or more than anybody has cores for */
    DispatchConfig {
        if (threads < 1 || threads > MOST) {
            throw new MissingConfiguration("tocsin.dispatch.threads is not between 1 and " + MOST);
        }
    }
}
