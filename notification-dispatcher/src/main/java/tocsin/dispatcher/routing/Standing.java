package tocsin.dispatcher.routing;

import java.util.Optional;
import tocsin.dispatcher.address.VerifiedAddress;
import tocsin.dispatcher.settings.BreachSettings;
import tocsin.dispatcher.settings.Entitlements;

/** What counts for an audience at the time of the decision. */
public sealed interface Standing {

    record Organisation(BreachSettings settings, Entitlements entitlements) implements Standing {}

    /**
     * A personal token needs no settings and no entitlement.
     *
     * @param known whether we heard of the token at all
     * @param unsubscribed whether its holder wants no mails
     */
    record TokenHolder(boolean known, Optional<VerifiedAddress> address, boolean unsubscribed) implements Standing {}
}
