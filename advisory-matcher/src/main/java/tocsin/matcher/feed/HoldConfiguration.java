package tocsin.matcher.feed;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;

/**
 * What is held until a person, or a second feed, has looked.
 *
 * @param audiences an advisory for all versions of a package that at least so many audiences fetched is held; 0: none is
 */
@ConfigurationProperties("tocsin.hold")
public record HoldConfiguration(
        @Bindable(defaultValue = "1000") int audiences) {

    public HoldConfiguration {
        if (audiences < 0) {
            throw new IllegalArgumentException("tocsin.hold.audiences must not be negative");
        }
    }
}
