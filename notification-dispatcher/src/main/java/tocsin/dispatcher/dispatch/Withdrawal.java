package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.address.AddressRepository;
import tocsin.dispatcher.address.VerifiedAddress;
import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.TakeBackRepository;
import tocsin.dispatcher.incident.ToldChannel;
import tocsin.dispatcher.ledger.CorrectionRepository;
import tocsin.dispatcher.ledger.CorrectionRepository.Reach;
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

    /** Why a correction does not go that would take back nothing, for the ledger. */
    static final String NOT_TOLD = "not_told";

    private static final String UNSENT = "advisory_withdrawn";

    private final IncidentRepository incidents;
    private final TakeBackRepository others;
    private final LedgerRepository ledger;
    private final CorrectionRepository corrections;
    private final AddressRepository addresses;
    private final Standings standings;
    private final NoticeWriter writer;

    Withdrawal(
            IncidentRepository incidents,
            TakeBackRepository others,
            LedgerRepository ledger,
            CorrectionRepository corrections,
            AddressRepository addresses,
            Standings standings,
            NoticeWriter writer) {
        this.incidents = incidents;
        this.others = others;
        this.ledger = ledger;
        this.corrections = corrections;
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
        corrections.suppressUnsentMails(incident, audience, UNSENT);
        Map<String, Reach> standing = corrections.standing(incident, audience);
        Map<ToldChannel, Reach> told = new LinkedHashMap<>();
        for (ToldChannel channel : incidents.toldWhere(incident, audience)) {
            reach(channel, standing).ifPresent(it -> told.put(channel, it));
        }
        corrections.takeBack(notification, incident, audience);
        incidents.takeBack(incident, audience);
        if (!told.isEmpty()) {
            List<ToldChannel> where = List.copyOf(told.keySet());
            correct(new Subject(notification, Notification.Kind.WITHDRAWN, incident, match, where), told);
        }
    }

    /** @return empty where nothing arrived, nor may yet */
    private static Optional<Reach> reach(ToldChannel channel, Map<String, Reach> standing) {
        Optional<Reach> reach = Optional.ofNullable(standing.get(channel.destination()));
        if (channel.reached()) {
            return reach.filter(Reach.UNDER_WAY::equals).or(() -> Optional.of(Reach.ARRIVED));
        }
        // Nobody can have a mail sent again that failed.
        boolean isMail = channel.destination().equals(LedgerRow.EMAIL);
        return reach.filter(it -> it != Reach.FAILED || !isMail);
    }

    private void correct(Subject subject, Map<ToldChannel, Reach> told) {
        Audience audience = subject.match().audience();
        Standing standing = standings.of(audience);
        // A correction names none.
        Match match = subject.match();
        Match withoutDownloads =
                new Match(match.id(), audience, match.advisory(), List.of(), Optional.empty(), List.of(), match.late());
        List<NoticeWriter.Entry> entries = new ArrayList<>();
        Map<Destination, String> endsAtOnce = new LinkedHashMap<>();
        told.forEach((channel, reach) -> {
            Destination destination = destination(channel, audience, standing);
            Optional<String> refusal = refusal(destination, standing).map(Verdict.Reason::text);
            if (refusal.isPresent() && destination instanceof Destination.Email) {
                entries.add(new NoticeWriter.Entry.Refuse(destination, refusal.get()));
                return;
            }
            // What a webhook is not told now is kept, for what it takes back may arrive later; then its rights are
            // asked again.
            entries.add(new NoticeWriter.Entry.Tell(
                    destination, withoutDownloads, reach != Reach.ARRIVED || refusal.isPresent()));
            switch (reach) {
                case FAILED -> endsAtOnce.put(destination, NOT_TOLD);
                case ARRIVED -> refusal.ifPresent(it -> endsAtOnce.put(destination, it));
                case UNDER_WAY -> {}
            }
        });
        writer.write(subject, entries);
        corrections.arrived(
                subject.notification(),
                told.keySet().stream()
                        .filter(ToldChannel::reached)
                        .map(ToldChannel::destination)
                        .toList());
        endsAtOnce.forEach((destination, reason) ->
                ledger.suppress(List.of(subject.notification()), destination.ledgerName(), reason));
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
            case Standing.Organisation organisation ->
                switch (destination) {
                    case Destination.Webhook _ -> organisation.notEntitledToWebhooks();
                    case Destination.Email _ ->
                        organisation
                                .notEntitled()
                                .or(() -> noAddress ? Optional.of(Verdict.Reason.ADDRESS_REMOVED) : Optional.empty());
                };
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
