package tocsin.matcher.topology;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * Whether downloads ring that come after an advisory.
 *
 * @param live they do, as long as the advisory stands: for proxies that do not block what is named
 */
@ConfigurationProperties("tocsin.matcher")
public record LiveConfiguration(
        @Bindable(defaultValue = "false") boolean live) {}
