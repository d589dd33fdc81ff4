package tocsin.matcher.bucket;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A bucket cannot be read now. */
final class FetchFailedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient Optional<Duration> retryAfter;

    /** @param reason for people; nothing of what was sent */
    FetchFailedException(String reason) {
        this(reason, Optional.empty());
    }

    /** @param retryAfter how long the server asks to be left alone */
    FetchFailedException(String reason, Optional<Duration> retryAfter) {
        super(reason);
        this.retryAfter = retryAfter;
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
