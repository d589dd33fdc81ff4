package tocsin.dispatcher.ledger;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * How a row ends.
 *
 * @param outcome delivered or failed
 */
record Settlement(
        UUID notification, String destination, State outcome, int attempts, Optional<String> reason, Instant at) {}
