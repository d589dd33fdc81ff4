package tocsin.sender.breaker;

import java.time.Instant;
import java.util.Optional;

/**
 * Of an endpoint whose last attempt failed.
 *
 * @param failures in a row
 * @param openedAt when it was last left alone, or given its next chance; what began before does not count
 * @param openUntil when it is given a chance; both empty while attempts go on as usual
 */
public record Health(int failures, Instant failingSince, Optional<Instant> openedAt, Optional<Instant> openUntil) {}
