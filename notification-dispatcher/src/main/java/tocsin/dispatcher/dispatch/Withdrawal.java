package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.address.AddressRepository;
import tocsin.dispatcher.address.VerifiedAddress;
import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.TakeBackRepository;
import tocsin.dispatcher.incident.ToldChannel;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.LedgerRow;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.routing.Destination;
import tocsin.dispatcher.routing.Standing;
import tocsin.dispatcher.routing.Verdict;
import tocsin.schemas.Audience;

/**
 * Takes back what an audience was told, where it was told and nowhere else. A mail that has not left yet never does; a webhook that was asked for cannot be
 * called back, so its correction follows it.
 */
@Singleton
final class Withdrawal {

    private static final String UNSENT = "advisory_withdrawn";

    private final IncidentRepository incidents;
    private final TakeBackRepository others;
    private final LedgerRepository ledger;
    private final AddressRepository addresses;
    private final Standings standings;
    private final NoticeWriter writer;

    Withdrawal(
            IncidentRepository incidents,
            TakeBackRepository others,
            LedgerRepository ledger,
            AddressRepository addresses,
            Standings standings,
            NoticeWriter writer) {
        this.incidents = incidents;
        this.others = others;
        this.ledger = ledger;
        this.addresses = addresses;
        this.standings = standings;
        this.writer = writer;
    }

    /**
     * Within the transaction of the match that says so. Takes back what its audience was told, if by this all of the incident is withdrawn; who else was
     * told of it follows by itself, for nothing more may be matched for them.
     *
     * @param bytes the match as it came
     */
    void hear(Match match, byte[] bytes, UUID notification, UUID incident) {
        takeBack(match, notification, incident);
        if (incidents.isWithdrawn(incident)) {
            others.add(incident, match, bytes);
        }
    }

    /** Does nothing for who knows nothing of the incident, nor while an advisory of it stands. */
    void takeBack(Match match, UUID notification, UUID incident) {
        Audience audience = match.audience();
        incidents.lock(incident);
        if (!incidents.isWithdrawn(incident) || !incidents.knows(incident, audience)) {
            return;
        }
        ledger.suppressUnsentMails(incident, audience, UNSENT);
        List<ToldChannel> told = incidents.toldWhere(incident, audience).stream()
                .filter(channel -> channel.reached() || ledger.reached(incident, audience, channel.destination()))
                .toList();
        ledger.takeBack(incident, audience);
        incidents.takeBack(incident, audience);
        if (told.isEmpty()) {
            return;
        }
        Standing standing = standings.of(audience);
        // A correction names none.
        Match withoutDownloads =
                new Match(match.id(), audience, match.advisory(), List.of(), Optional.empty(), List.of(), match.late());
        Subject subject = new Subject(notification, Notification.Kind.WITHDRAWN, incident, match, told);
        List<NoticeWriter.Entry> entries = new ArrayList<>();
        for (ToldChannel channel : told) {
            Destination destination = destination(channel, audience, standing);
            entries.add(refusal(destination, standing)
                    .<NoticeWriter.Entry>map(it -> new NoticeWriter.Entry.Refuse(destination, it.text()))
                    .orElseGet(() -> new NoticeWriter.Entry.Tell(destination, withoutDownloads)));
        }
        writer.write(subject, entries);
    }

    /** With an empty address where it is not the audience's any more. */
    private Destination destination(ToldChannel channel, Audience audience, Standing standing) {
        if (!channel.destination().equals(LedgerRow.EMAIL)) {
            return new Destination.Webhook(channel.destination());
        }
        Optional<String> address = switch (standing) {
            case Standing.Organisation organisation ->
                channel.address()
                        .or(() -> organisation.settings().email().address())
                        .flatMap(it -> addresses.confirmed(org(audience), it));
            case Standing.TokenHolder holder ->
                holder.address()
                        .map(VerifiedAddress::address)
                        .filter(now ->
                                channel.address().filter(it -> !it.equals(now)).isEmpty());
        };
        return new Destination.Email(
                address.orElse(""), channel.language().flatMap(Language::ofCode).orElse(Language.EN));
    }

    private static Optional<Verdict.Reason> refusal(Destination destination, Standing standing) {
        boolean noAddress = destination instanceof Destination.Email email
                && email.address().isEmpty();
        return switch (standing) {
            case Standing.Organisation organisation -> {
                if (!organisation.entitlements().guard()) {
                    yield Optional.of(Verdict.Reason.GUARD_NOT_ENTITLED);
                }
                if (destination instanceof Destination.Webhook
                        && !organisation.entitlements().webhooks()) {
                    yield Optional.of(Verdict.Reason.WEBHOOKS_NOT_ENTITLED);
                }
                yield noAddress ? Optional.of(Verdict.Reason.ADDRESS_REMOVED) : Optional.empty();
            }
            case Standing.TokenHolder holder -> {
                if (noAddress) {
                    yield Optional.of(Verdict.Reason.NO_VERIFIED_ADDRESS);
                }
                yield holder.unsubscribed() ? Optional.of(Verdict.Reason.UNSUBSCRIBED) : Optional.empty();
            }
        };
    }

    private static String org(Audience audience) {
        return switch (audience) {
            case Audience.Organisation(String id) -> id;
            case Audience.Token _ -> throw new IllegalStateException("a token has no organisation");
        };
    }
}
