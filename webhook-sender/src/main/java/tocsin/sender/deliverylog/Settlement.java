package tocsin.sender.deliverylog;

import java.time.Instant;
import java.util.Optional;

/**
 * How a delivery ended.
 *
 * @param attempts how many were made
 * @param reason why it failed; empty if it was delivered
 */
public record Settlement(boolean delivered, int attempts, Optional<String> reason, Instant settledAt) {}
