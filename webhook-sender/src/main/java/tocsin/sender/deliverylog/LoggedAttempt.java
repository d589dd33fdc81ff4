package tocsin.sender.deliverylog;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One attempt.
 *
 * @param number 1 for the first; after a crash a number can come twice
 * @param status what the receiver answered; empty if it did not
 * @param errorClass what went wrong, as one word; empty if nothing did
 * @param reason the same for people
 */
public record LoggedAttempt(
        int number,
        Instant startedAt,
        Duration took,
        Optional<Integer> status,
        Optional<String> errorClass,
        Optional<String> reason) {}
