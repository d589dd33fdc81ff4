package tocsin.sender.delivery;

import tocsin.sender.deliverylog.Settlement;
import tocsin.sender.endpoint.Endpoint;
import tocsin.sender.endpoint.SigningSecrets;

/** What the database says of a delivery before an attempt. */
sealed interface Standing {

    record Settled(Settlement settlement) implements Standing {}

    /** Somebody asked for it again, and that has ended, or they have asked once more since. */
    record Over() implements Standing {}

    record Deleted() implements Standing {}

    record Disabled(String reason) implements Standing {}

    record Ready(Endpoint endpoint, SigningSecrets secrets) implements Standing {}
}
