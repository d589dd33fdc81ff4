package tocsin.sender.delivery;

import java.time.Instant;
import java.util.Optional;
import tocsin.sender.breaker.EndpointBreaker;
import tocsin.sender.breaker.Health;
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

    /**
     * @param reason for people
     * @param failingSince when the first of its attempts in a row failed
     * @param isProbing whether an attempt may be under way that ends this before its time
     */
    record LeftAlone(String reason, Instant until, Instant failingSince, boolean isProbing) implements Standing {

        static LeftAlone of(EndpointBreaker.Answer.LeaveAlone alone) {
            Health health = alone.health();
            return new LeftAlone(
                    "the endpoint is left alone for a while: its last " + health.failures() + " attempts failed",
                    alone.until(),
                    health.failingSince(),
                    health.probing());
        }
    }

    /**
     * All of its endpoint's turns of this second are taken.
     *
     * @param reason for people
     */
    record OverPace(String reason, Instant until) implements Standing {}

    /** @param isFailing whether its last attempts failed */
    record Ready(Endpoint endpoint, SigningSecrets secrets, boolean isFailing) implements Standing {

        Ready withFailing(boolean isFailing) {
            return new Ready(endpoint, secrets, isFailing);
        }
    }

    /**
     * Of what is to go to an endpoint, by all but how that is doing: {@link Ready}, {@link Disabled} or {@link Deleted}.
     *
     * @param secrets what it signs with; empty, as is the endpoint, if it was deleted
     */
    static Standing of(Optional<Endpoint> endpoint, Optional<SigningSecrets> secrets) {
        if (endpoint.isEmpty() || secrets.isEmpty()) {
            return new Deleted();
        }
        return endpoint.get()
                .disabledFor()
                .<Standing>map(reason -> new Disabled("endpoint disabled: " + reason))
                .orElseGet(() -> new Ready(endpoint.get(), secrets.get(), false));
    }
}
