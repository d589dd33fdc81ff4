package tocsin.sender.delivery;

import tocsin.sender.deliverylog.Settlement;
import tocsin.sender.endpoint.Endpoint;
import tocsin.sender.endpoint.SigningSecrets;

/** What the database says of a delivery before an attempt. */
sealed interface Standing {

    record Settled(Settlement settlement) implements Standing {}

    record Deleted() implements Standing {}

    record Disabled(String reason) implements Standing {}

    record Ready(Endpoint endpoint, SigningSecrets secrets) implements Standing {}
}
