package tocsin.tracker.recording;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tocsin.service.kafka.TopicTable;

/**
 * Whether what is known of tokens is of late. A table that reads no more would give the downloads of a token's new holder to the one before. Used by
 * one thread.
 */
final class TokensInTime {

    /** How old may be what is known, beside the time that it takes to ask. */
    private static final Duration AGE = Duration.ofSeconds(10);

    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    private final TopicTable<?> tokens;
    private final Clock clock;
    private Optional<Instant> caughtUpAt = Optional.empty();

    TokensInTime(TopicTable<?> tokens, Clock clock) {
        this.tokens = tokens;
        this.clock = clock;
    }

    /** Asks the brokers now and then, and waits for some seconds if the table is behind. */
    boolean isKnown() throws InterruptedException {
        Instant now = clock.instant();
        // A clock that is set back must not make what is known young for as long.
        if (caughtUpAt
                .filter(at -> Duration.between(at, now).abs().compareTo(AGE) < 0)
                .isPresent()) {
            return true;
        }
        if (!tokens.awaitCaughtUp(CATCH_UP)) {
            return false;
        }
        caughtUpAt = Optional.of(now);
        return true;
    }
}
