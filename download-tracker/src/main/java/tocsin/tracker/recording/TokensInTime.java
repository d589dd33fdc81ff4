package tocsin.tracker.recording;

import java.time.Duration;
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
    private Optional<Long> caughtUpAt = Optional.empty();

    TokensInTime(TopicTable<?> tokens) {
        this.tokens = tokens;
    }

    /** Asks the brokers now and then, and waits for some seconds if the table is behind. */
    boolean isKnown() throws InterruptedException {
        long now = System.nanoTime();
        if (caughtUpAt.filter(at -> now - at < AGE.toNanos()).isPresent()) {
            return true;
        }
        if (!tokens.awaitCaughtUp(CATCH_UP)) {
            return false;
        }
        caughtUpAt = Optional.of(now);
        return true;
    }
}
