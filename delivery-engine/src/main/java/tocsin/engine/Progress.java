package tocsin.engine;

import java.time.Instant;
import java.util.Optional;

/**
 * How far a record has come on the ladder: what the engine writes into its headers.
 *
 * @param attempt the number of the attempt to come; beyond the ladder's last when only the end state is missing
 * @param notBefore earliest time of that attempt; the epoch where nothing is asked
 * @param firstAttemptAt absent until the handler has been asked once
 * @param deferred why the record was last moved without an attempt; cleared by the next attempt
 */
record Progress(
        int attempt,
        Instant notBefore,
        Optional<Instant> firstAttemptAt,
        Optional<String> lastError,
        Optional<Deferral> deferred,
        Origin origin) {

    /** Where the record was first read. */
    record Origin(String topic, int partition, long offset) {}

    static Progress fresh(Origin origin) {
        return new Progress(1, Instant.EPOCH, Optional.empty(), Optional.empty(), Optional.empty(), origin);
    }

    Progress afterAttempt(Instant firstAttempt, String error, Instant earliest) {
        return new Progress(
                attempt + 1, earliest, Optional.of(firstAttempt), Optional.of(error), Optional.empty(), origin);
    }

    Progress deferred(Deferral why, Instant earliest) {
        return new Progress(attempt, earliest, firstAttemptAt, lastError, Optional.of(why), origin);
    }

    /** The end: {@code attempt} is now the number of the last one made. */
    Progress ended(int attemptsMade, Instant firstAttempt, String error) {
        return new Progress(
                attemptsMade, Instant.EPOCH, Optional.of(firstAttempt), Optional.of(error), Optional.empty(), origin);
    }
}
