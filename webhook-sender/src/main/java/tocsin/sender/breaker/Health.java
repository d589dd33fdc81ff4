package tocsin.sender.breaker;

import java.time.Instant;
import java.util.Optional;

/**
 * Of an endpoint whose last attempt failed.
 *
 * @param failures in a row
 * @param lastFailureAt when the last of them ended
 * @param openedAt when it was last left alone, or given its next chance; what began before does not count
 * @param openUntil when it is given a chance; both empty while attempts go on as usual
 * @param probing whether the one attempt that it was given may be under way
 */
public record Health(
        int failures,
        Instant failingSince,
        Instant lastFailureAt,
        Optional<Instant> openedAt,
        Optional<Instant> openUntil,
        boolean probing) {}
