package tocsin.sender.deliverylog;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One attempt.
 *
 * @param number 1 for the first; after a crash a number can come twice
 * @param trigger empty for one that was made before the log knew
 * @param status what the receiver answered; empty if it did not
 * @param errorClass what went wrong, as one word; empty if nothing did
 * @param reason the same for people
 * @param nextAttemptAt when the next one is due; empty if none follows
 */
public record LoggedAttempt(
        int number,
        Optional<Trigger> trigger,
        Instant startedAt,
        Duration took,
        Optional<Integer> status,
        Optional<String> errorClass,
        Optional<String> reason,
        Wire wire,
        Optional<Instant> nextAttemptAt) {

    public LoggedAttempt followedAt(Instant next) {
        return new LoggedAttempt(number, trigger, startedAt, took, status, errorClass, reason, wire, Optional.of(next));
    }

    LoggedAttempt withoutAnswer() {
        return new LoggedAttempt(
                number, trigger, startedAt, took, status, errorClass, reason, wire.withoutAnswer(), nextAttemptAt);
    }
}
