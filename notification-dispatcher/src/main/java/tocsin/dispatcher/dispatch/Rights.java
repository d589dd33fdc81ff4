package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import tocsin.dispatcher.address.AddressRepository;
import tocsin.dispatcher.address.Allowlist;
import tocsin.dispatcher.address.Unsubscriptions;
import tocsin.dispatcher.address.VerifiedAddress;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.RequestRepository;
import tocsin.dispatcher.routing.Destination;
import tocsin.dispatcher.routing.Standing;
import tocsin.dispatcher.routing.Verdict;
import tocsin.schemas.Audience;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.EmailRequested;

/** Whether what was decided on a while ago may still go where it should, and why not. */
@Singleton
final class Rights {

    private static final MessageCodec<EmailRequested> CODEC = MessageCodec.of(EmailRequested.class);

    private final AddressRepository addresses;
    private final Allowlist allowlist;
    private final LedgerRepository ledger;
    private final Standings standings;
    private final Unsubscriptions unsubscriptions;

    /** What a mail must be to be wanted by an organisation. */
    private enum Needs {
        /** That it sends its notices there. */
        MAILS_ON,
        /** That the address is one of its own: a correction goes to whoever was told, and what a webhook did not bring to whoever agreed to hear of it. */
        CONFIRMED
    }

    Rights(
            AddressRepository addresses,
            Allowlist allowlist,
            LedgerRepository ledger,
            Standings standings,
            Unsubscriptions unsubscriptions) {
        this.addresses = addresses;
        this.allowlist = allowlist;
        this.ledger = ledger;
        this.standings = standings;
        this.unsubscriptions = unsubscriptions;
    }

    /** @return why it may not go, for the ledger */
    Optional<String> refusal(Notice notice) {
        return switch (notice.destination()) {
            case Destination.Webhook _ -> ofWebhook(notice.match().audience());
            case Destination.Email email ->
                refusal(
                        notice.match().audience(),
                        email.address(),
                        notice.undelivered() || notice.isWithdrawal() ? Needs.CONFIRMED : Needs.MAILS_ON,
                        notice.occurredAt());
        };
    }

    /** Whether its endpoint is still there is for the sender to say. */
    private Optional<String> ofWebhook(Audience audience) {
        return switch (standings.of(audience)) {
            case Standing.Organisation organisation ->
                organisation.notEntitledToWebhooks().map(Verdict.Reason::text);
            case Standing.TokenHolder _ -> throw new IllegalStateException("a token has no webhook");
        };
    }

    /** As {@link #refusal(Notice)}, for what is no notice. */
    Optional<String> refusal(RequestRepository.Kept kept) {
        if (!kept.isMail()) {
            return Optional.empty();
        }
        EmailRequested mail = CODEC.decode(Objects.requireNonNull(kept.request().value(), "a request without a mail"));
        String address = mail.getRecipient();
        return switch (kept.kind()) {
            case ADDRESS_CONFIRMATION -> allowlist.refusal(org(kept.audience()), address, mail.getText());
            // It is of the organisation's own endpoints, whatever it is entitled to.
            case EVENT -> removed(kept.audience(), address);
            case DIGEST ->
                refusal(
                        kept.audience(),
                        address,
                        ledger.carries(kept.notification(), Notification.Kind.UNDELIVERED)
                                ? Needs.CONFIRMED
                                : Needs.MAILS_ON,
                        kept.keptAt());
            case UNDELIVERED, WITHDRAWN -> refusal(kept.audience(), address, Needs.CONFIRMED, kept.keptAt());
            case BREACH, FOLLOW_UP, WIDENED, SEVERITY_RAISED, DRILL ->
                refusal(kept.audience(), address, Needs.MAILS_ON, kept.keptAt());
        };
    }

    private Optional<String> refusal(Audience audience, String address, Needs needs, Instant decided) {
        return switch (standings.of(audience)) {
            case Standing.Organisation organisation -> ofOrganisation(organisation, audience, address, needs);
            case Standing.TokenHolder holder -> ofHolder(holder, address, decided);
        };
    }

    private Optional<String> ofOrganisation(
            Standing.Organisation organisation, Audience audience, String address, Needs needs) {
        return organisation
                .notEntitled()
                .map(Verdict.Reason::text)
                .or(() -> removed(audience, address))
                .or(() -> switch (needs) {
                    // Another address that was chosen meanwhile is told nothing of the time before, so this one still
                    // is.
                    case MAILS_ON ->
                        organisation.settings().email().enabled()
                                ? Optional.empty()
                                : Optional.of(Verdict.Reason.EMAIL_OFF.text());
                    case CONFIRMED -> Optional.empty();
                });
    }

    private Optional<String> removed(Audience audience, String address) {
        return addresses.confirmed(org(audience), address).isPresent()
                ? Optional.empty()
                : Optional.of(Verdict.Reason.ADDRESS_REMOVED.text());
    }

    /**
     * Whoever held the token when it was decided is told, also if the token was revoked since, as a notice asks for, or is another's now: what was fetched with it
     * was theirs.
     */
    private Optional<String> ofHolder(Standing.TokenHolder holder, String address, Instant decided) {
        boolean same = holder.address()
                .map(VerifiedAddress::address)
                .filter(address::equals)
                .isPresent();
        boolean unsubscribed = same ? holder.unsubscribed() : unsubscriptions.hasSince(address, decided);
        return unsubscribed ? Optional.of(Verdict.Reason.UNSUBSCRIBED.text()) : Optional.empty();
    }

    private static String org(Audience audience) {
        return switch (audience) {
            case Audience.Organisation(String id) -> id;
            case Audience.Token _ -> throw new IllegalStateException("a token has no addresses of its own");
        };
    }
}
