package tocsin.sender.endpoint;

import java.time.Instant;
import java.util.Optional;

/**
 * One of an endpoint's secrets.
 *
 * @param id names it to people and in the delivery log; says nothing of what it is
 * @param expiresAt until when it signs after it has been replaced; empty for the current one
 * @param passedOver replaced for good where there is room for one signature
 */
record StoredSecret(
        long id,
        String endpointId,
        SealedSecret sealed,
        Instant createdAt,
        Optional<Instant> expiresAt,
        boolean passedOver) {}
