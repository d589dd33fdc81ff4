package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.incident.LateRepository;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.Memory;
import tocsin.dispatcher.incident.ToldChannel;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.LedgerRow;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.dispatcher.routing.Decision;
import tocsin.dispatcher.routing.Destination;
import tocsin.dispatcher.routing.Router;
import tocsin.dispatcher.routing.Verdict;
import tocsin.dispatcher.store.SqlClient;
import tocsin.service.outbox.Outbox;
import tocsin.service.outbox.OutboxRecord;

/** From a match to what is written of it: all in one transaction, or nothing. A repeat of a match changes nothing. */
@Singleton
final class MatchDispatch {

    private static final Logger LOG = LoggerFactory.getLogger(MatchDispatch.class);

    private final SqlClient sql;
    private final IncidentRepository incidents;
    private final LateRepository late;
    private final LedgerRepository ledger;
    private final Standings standings;
    private final Notices notices;
    private final Withdrawal withdrawal;
    private final Outbox outbox;
    private final FollowUpConfig config;
    private final Clock clock;

    MatchDispatch(
            SqlClient sql,
            IncidentRepository incidents,
            LateRepository late,
            LedgerRepository ledger,
            Standings standings,
            Notices notices,
            Withdrawal withdrawal,
            Outbox outbox,
            FollowUpConfig config,
            Clock clock) {
        this.sql = sql;
        this.incidents = incidents;
        this.late = late;
        this.ledger = ledger;
        this.standings = standings;
        this.notices = notices;
        this.withdrawal = withdrawal;
        this.outbox = outbox;
        this.config = config;
        this.clock = clock;
    }

    /**
     * @param bytes the match as it came, for one that has to wait
     * @param origin where it came from, likewise
     */
    void dispatch(Match match, byte[] bytes, LateRepository.Origin origin) {
        sql.inTransaction(() -> {
            incidents.lock(match.audience());
            UUID notification = NotificationIds.ofMatch(match.id());
            if (ledger.has(notification) || late.wasDecided(match.id())) {
                return;
            }
            UUID incident = incidents.findOrCreate(match.advisory());
            Memory memory = incidents.remember(incident, match.advisory(), match.audience(), match.downloads());
            if (!match.advisory().isLive()) {
                withdrawal.hear(match, bytes, notification, incident);
            } else if (match.late() && memory.toldBefore()) {
                defer(match, bytes, origin, incident, memory);
            } else {
                decide(match, notification, incident, memory);
            }
        });
    }

    /** The first notice goes at once; what only adds to it waits a little, or an installation on many machines would be as many mails. */
    private void defer(Match match, byte[] bytes, LateRepository.Origin origin, UUID incident, Memory memory) {
        boolean something =
                match.downloads().stream().anyMatch(it -> !memory.told().contains(it.eventId()));
        if (something) {
            late.add(
                    incident,
                    match,
                    bytes,
                    origin,
                    clock.instant().truncatedTo(ChronoUnit.MILLIS).plus(config.window()));
        }
    }

    /** Tells what waited long enough. */
    void followUp(LateRepository.Due due) {
        sql.inTransaction(() -> {
            incidents.lock(due.audience());
            Optional<Match> first = late.first(due);
            // An incident that became part of another meanwhile is due again under that one's id. From here on none can
            // become part of this one, so all that is read is what is decided.
            if (first.isEmpty()
                    || !incidents.findOrCreate(first.get().advisory()).equals(due.incident())) {
                return;
            }
            Match match = late.together(due);
            late.decided(due, clock.instant());
            Memory memory = incidents.remember(due.incident(), match.advisory(), match.audience(), match.downloads());
            decide(match, NotificationIds.ofMatch(match.id()), due.incident(), memory);
        });
    }

    private void decide(Match match, UUID notification, UUID incident, Memory memory) {
        List<Decision> decisions = Router.route(match, memory, standings.of(match.audience())).stream()
                .filter(it -> !(it.verdict() instanceof Verdict.NothingNew))
                .toList();
        if (decisions.isEmpty()) {
            return;
        }
        Notices.Subject subject = new Notices.Subject(
                notification,
                Router.kind(match, memory),
                incident,
                match,
                incidents.toldWhere(incident, match.audience()));
        List<LedgerRow> rows = new ArrayList<>();
        List<OutboxRecord> requests = new ArrayList<>();
        List<ToldChannel> channels = new ArrayList<>();
        Set<Download> told = new LinkedHashSet<>();
        for (Decision decision : decisions) {
            String messageId = subject.messageId(decision.destination());
            String destination = decision.destination().ledgerName();
            switch (decision.verdict()) {
                case Verdict.Tell tell -> {
                    rows.add(LedgerRow.pending(destination, messageId));
                    requests.add(notices.breach(subject, decision.destination(), tell));
                    channels.add(channel(decision.destination(), notification));
                    told.addAll(tell.downloads());
                }
                case Verdict.Suppressed suppressed ->
                    rows.add(LedgerRow.suppressed(
                            destination, messageId, suppressed.reason().text()));
                case Verdict.NothingNew _ -> {}
            }
        }
        String about =
                match.advisory().packageKey().text() + " " + match.advisory().id();
        ledger.add(
                new Notification(
                        notification, match.audience(), subject.kind(), about, Optional.of(incident), rows.size()),
                rows);
        if (!told.isEmpty()) {
            incidents.tell(
                    incident, match.audience(), notification, match.advisory().severity(), told);
            channels.forEach(channel -> incidents.toldAt(incident, match.audience(), channel));
        }
        outbox.add(requests);
        LOG.atInfo()
                .addKeyValue("notificationId", notification)
                .addKeyValue("matchId", match.id())
                .addKeyValue("kind", subject.kind().text())
                .addKeyValue("downloads", told.size())
                .addKeyValue("requests", requests.size())
                .log("notification.decided");
    }

    private static ToldChannel channel(Destination destination, UUID notification) {
        return switch (destination) {
            case Destination.Webhook(String endpointId) ->
                new ToldChannel(endpointId, Optional.empty(), Optional.empty(), notification, false);
            case Destination.Email email ->
                new ToldChannel(
                        email.ledgerName(),
                        Optional.of(email.address()),
                        Optional.of(email.language().code()),
                        notification,
                        false);
        };
    }
}
