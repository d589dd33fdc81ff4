package tocsin.dispatcher.routing;

import java.util.Optional;
import tocsin.dispatcher.address.VerifiedAddress;
import tocsin.dispatcher.settings.BreachSettings;
import tocsin.dispatcher.settings.Entitlements;

/** What counts for an audience at the time of the decision. */
public sealed interface Standing {

    record Organisation(BreachSettings settings, Entitlements entitlements) implements Standing {

        /** @return why it gets no notice at all */
        public Optional<Verdict.Reason> notEntitled() {
            return entitlements.guard() ? Optional.empty() : Optional.of(Verdict.Reason.GUARD_NOT_ENTITLED);
        }

        /** @return why it gets none by a webhook */
        public Optional<Verdict.Reason> notEntitledToWebhooks() {
            return notEntitled()
                    .or(() -> entitlements.webhooks()
                            ? Optional.empty()
                            : Optional.of(Verdict.Reason.WEBHOOKS_NOT_ENTITLED));
        }
    }

    /**
     * A personal token needs no settings and no entitlement.
     *
     * @param known whether we heard of the token at all
     * @param unsubscribed whether its holder wants no mails
     */
    record TokenHolder(boolean known, Optional<VerifiedAddress> address, boolean unsubscribed) implements Standing {}
}
