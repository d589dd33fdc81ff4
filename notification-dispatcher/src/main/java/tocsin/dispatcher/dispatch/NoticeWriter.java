package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.LedgerRow;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.routing.Destination;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.schemas.Audience;
import tocsin.service.outbox.Outbox;
import tocsin.service.outbox.OutboxRecord;

/** Writes a notification with its rows, what they ask for, and what is kept until they end: all within the caller's transaction. */
@Singleton
final class NoticeWriter {

    private final LedgerRepository ledger;
    private final NoticeRepository kept;
    private final Notices notices;
    private final CampaignRepository campaigns;
    private final EndpointDirectory endpoints;
    private final Outbox outbox;
    private final Clock clock;

    /** What becomes of a notification at one destination. */
    sealed interface Entry {

        Destination destination();

        /**
         * @param match with the downloads that are told there
         * @param held not before what it takes back has ended there, whose tries may last
         */
        record Tell(Destination destination, Match match, boolean held) implements Entry {
            Tell(Destination destination, Match match) {
                this(destination, match, false);
            }
        }

        record Refuse(Destination destination, String reason) implements Entry {}
    }

    NoticeWriter(
            LedgerRepository ledger,
            NoticeRepository kept,
            Notices notices,
            CampaignRepository campaigns,
            EndpointDirectory endpoints,
            Outbox outbox,
            Clock clock) {
        this.ledger = ledger;
        this.kept = kept;
        this.notices = notices;
        this.campaigns = campaigns;
        this.endpoints = endpoints;
        this.outbox = outbox;
        this.clock = clock;
    }

    void write(Subject subject, List<Entry> entries) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<LedgerRow> rows = new ArrayList<>();
        List<Entry.Tell> told = new ArrayList<>();
        for (Entry entry : entries) {
            Destination destination = entry.destination();
            String name = destination.ledgerName();
            switch (entry) {
                case Entry.Tell tell -> {
                    rows.add(LedgerRow.pending(name, subject.messageId(destination)));
                    told.add(tell);
                }
                case Entry.Refuse refuse ->
                    rows.add(LedgerRow.suppressed(name, subject.messageId(destination), refuse.reason()));
            }
        }
        ledger.add(
                new Notification(
                        subject.notification(),
                        subject.match().audience(),
                        subject.kind(),
                        subject.about(),
                        Optional.of(subject.incident()),
                        rows.size()),
                rows);
        outbox.add(told.stream()
                .flatMap(tell -> keep(notice(subject, tell, isMailed(tell, entries), now), tell.held()).stream())
                .toList());
    }

    /** Asks for what is told at a pending row, now or once a mail need not wait any more, and keeps it until that ends; in the transaction that writes the row. */
    void ask(Notice notice) {
        outbox.add(keep(notice, false).stream().toList());
    }

    /** @return what is to be asked for now */
    private Optional<OutboxRecord> keep(Notice notice, boolean held) {
        Optional<Instant> digestAt = digestAt(notice);
        kept.keep(notice, digestAt, held);
        return held || digestAt.isPresent() ? Optional.empty() : Optional.of(notices.request(notice));
    }

    /** Until when a mail waits for others of its campaign; a webhook never does. */
    private Optional<Instant> digestAt(Notice notice) {
        if (!(notice.destination() instanceof Destination.Email)) {
            return Optional.empty();
        }
        Audience audience = notice.match().audience();
        return switch (notice.kind()) {
            // Later news never goes before what it adds to.
            case BREACH, FOLLOW_UP, WIDENED, SEVERITY_RAISED ->
                campaigns
                        .waitsUntil(audience, notice.incident())
                        .or(() -> campaigns.waitsUntil(audience, notice.occurredAt()));
            // Who was told by mail is corrected at once; how many webhooks fail is nobody's choice.
            case WITHDRAWN ->
                notice.undelivered() ? campaigns.waitsUntil(audience, notice.occurredAt()) : Optional.empty();
            case UNDELIVERED, DIGEST, DRILL, EVENT, ADDRESS_CONFIRMATION -> Optional.empty();
        };
    }

    private Notice notice(Subject subject, Entry.Tell tell, boolean mailed, Instant now) {
        return new Notice(
                subject.notification(),
                subject.kind(),
                subject.incident(),
                tell.destination(),
                tell.match(),
                subject.first(tell.destination()),
                subject.thread(tell.destination()).map(ledger::mailOf),
                now,
                mailed,
                tell.destination() instanceof Destination.Webhook(String endpointId) && endpoints.isThin(endpointId),
                false);
    }

    private static boolean isMailed(Entry.Tell tell, List<Entry> entries) {
        Set<String> told = eventIds(tell);
        return entries.stream()
                .anyMatch(it -> it instanceof Entry.Tell other
                        && other.destination() instanceof Destination.Email
                        && eventIds(other).containsAll(told));
    }

    private static Set<String> eventIds(Entry.Tell tell) {
        return tell.match().downloads().stream().map(Download::eventId).collect(Collectors.toSet());
    }
}
