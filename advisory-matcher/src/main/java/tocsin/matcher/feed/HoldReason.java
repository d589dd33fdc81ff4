package tocsin.matcher.feed;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why somebody releases or rejects. Public for the framework, which reads it.
 *
 * @param reason 1 to 1000 characters in one line
 */
public record HoldReason(
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable
        String reason) {

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
