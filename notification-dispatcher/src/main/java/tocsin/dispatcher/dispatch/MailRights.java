package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;
import tocsin.dispatcher.address.AddressRepository;
import tocsin.dispatcher.address.Unsubscriptions;
import tocsin.dispatcher.address.VerifiedAddress;
import tocsin.dispatcher.routing.Destination;
import tocsin.dispatcher.routing.Standing;
import tocsin.dispatcher.routing.Verdict;
import tocsin.schemas.Audience;

/** Whether what was decided a while ago may still go to an address. */
@Singleton
final class MailRights {

    private final AddressRepository addresses;
    private final Standings standings;
    private final Unsubscriptions unsubscriptions;

    MailRights(AddressRepository addresses, Standings standings, Unsubscriptions unsubscriptions) {
        this.addresses = addresses;
        this.standings = standings;
        this.unsubscriptions = unsubscriptions;
    }

    /** @return why a notice that was decided on may not go there any more */
    Optional<Verdict.Reason> refusal(Audience audience, Destination.Email email, Notice notice) {
        return switch (standings.of(audience)) {
            case Standing.Organisation organisation ->
                ofOrganisation(organisation, audience, email, goesWhereMailsAreOff(notice));
            case Standing.TokenHolder holder -> ofHolder(holder, email, notice.occurredAt());
        };
    }

    /** A correction goes to whoever was told; and what a webhook did not bring, to whoever agreed to hear of it. */
    private static boolean goesWhereMailsAreOff(Notice notice) {
        return notice.undelivered() || notice.isWithdrawal();
    }

    private Optional<Verdict.Reason> ofOrganisation(
            Standing.Organisation organisation, Audience audience, Destination.Email email, boolean alsoWhereOff) {
        if (!organisation.entitlements().guard()) {
            return Optional.of(Verdict.Reason.GUARD_NOT_ENTITLED);
        }
        boolean confirmed = audience instanceof Audience.Organisation(String org)
                && addresses.confirmed(org, email.address()).isPresent();
        if (!confirmed) {
            return Optional.of(Verdict.Reason.ADDRESS_REMOVED);
        }
        // Another address that was chosen meanwhile is told nothing of the time before, so this one still is.
        return alsoWhereOff || organisation.settings().email().enabled()
                ? Optional.empty()
                : Optional.of(Verdict.Reason.EMAIL_OFF);
    }

    /**
     * Whoever held the token when it was decided is told, also if the token was revoked since, as a notice asks for, or is another's now: what was fetched with it
     * was theirs.
     */
    private Optional<Verdict.Reason> ofHolder(Standing.TokenHolder holder, Destination.Email email, Instant decided) {
        boolean same = holder.address()
                .map(VerifiedAddress::address)
                .filter(email.address()::equals)
                .isPresent();
        boolean unsubscribed = same ? holder.unsubscribed() : unsubscriptions.hasSince(email.address(), decided);
        return unsubscribed ? Optional.of(Verdict.Reason.UNSUBSCRIBED) : Optional.empty();
    }
}
