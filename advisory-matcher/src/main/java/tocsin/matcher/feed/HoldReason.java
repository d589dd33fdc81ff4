package tocsin.matcher.feed;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why somebody releases or rejects. Public for the framework, which reads it.
 *
 * @param reason 1 to {@value #MAX_LENGTH} characters in one line
 */
public record HoldReason(@Nullable String reason) {

    static final int MAX_LENGTH = 1000;

    /** @return empty if it is none */
    Optional<String> text() {
        return Optional.ofNullable(reason)
                .map(String::strip)
                .filter(text -> !text.isEmpty()
                        && text.length() <= MAX_LENGTH
                        && text.chars().noneMatch(Character::isISOControl));
    }
}
