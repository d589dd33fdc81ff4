package tocsin.dispatcher.routing;

import java.util.Optional;
import tocsin.dispatcher.address.VerifiedAddress;
import tocsin.dispatcher.settings.BreachSettings;
import tocsin.dispatcher.settings.Entitlements;

/** What counts for an audience at the time of the decision. */
public sealed interface Standing {

    /** @param endpointKnown whether the chosen endpoint is there and the organisation's own; a disabled one is */
    record Organisation(BreachSettings settings, Entitlements entitlements, boolean endpointKnown)
            implements Standing {}

    /** A personal token needs no settings and no entitlement. */
    record TokenHolder(Optional<VerifiedAddress> address) implements Standing {}
}
