package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.dispatcher.email.BreachNotice;
import tocsin.dispatcher.email.EmailComposer;
import tocsin.dispatcher.email.EmailRequests;
import tocsin.dispatcher.incident.Download;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.Memory;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.LedgerRow;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.dispatcher.ledger.WebhookRequests;
import tocsin.dispatcher.payload.BreachPayload;
import tocsin.dispatcher.routing.Decision;
import tocsin.dispatcher.routing.Destination;
import tocsin.dispatcher.routing.Router;
import tocsin.dispatcher.routing.Standing;
import tocsin.dispatcher.routing.Verdict;
import tocsin.dispatcher.settings.SettingsRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.service.outbox.Outbox;
import tocsin.service.outbox.OutboxRecord;

/** From a match to what is written of it: all in one transaction, or nothing. A repeat of a match changes nothing. */
@Singleton
final class MatchDispatch {

    private static final Logger LOG = LoggerFactory.getLogger(MatchDispatch.class);

    private final SqlClient sql;
    private final IncidentRepository incidents;
    private final SettingsRepository settings;
    private final TokenDirectory tokens;
    private final LedgerRepository ledger;
    private final EmailComposer composer;
    private final Outbox outbox;
    private final Clock clock;

    MatchDispatch(
            SqlClient sql,
            IncidentRepository incidents,
            SettingsRepository settings,
            TokenDirectory tokens,
            LedgerRepository ledger,
            EmailComposer composer,
            Outbox outbox,
            Clock clock) {
        this.sql = sql;
        this.incidents = incidents;
        this.settings = settings;
        this.tokens = tokens;
        this.ledger = ledger;
        this.composer = composer;
        this.outbox = outbox;
        this.clock = clock;
    }

    void dispatch(Match match) {
        sql.inTransaction(() -> {
            incidents.lock(match.audience());
            UUID notification = NotificationIds.ofMatch(match.id());
            if (!ledger.has(notification)) {
                UUID incident = incidents.findOrCreate(match.advisory());
                Memory memory = incidents.remember(incident, match.advisory(), match.audience(), match.downloads());
                decide(match, notification, incident, memory);
            }
        });
    }

    private void decide(Match match, UUID notification, UUID incident, Memory memory) {
        List<Decision> decisions = Router.route(match, memory, standing(match.audience())).stream()
                .filter(it -> !(it.verdict() instanceof Verdict.NothingNew))
                .toList();
        if (decisions.isEmpty()) {
            return;
        }
        Notification.Kind kind = memory.toldBefore() ? Notification.Kind.FOLLOW_UP : Notification.Kind.BREACH;
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<LedgerRow> rows = new ArrayList<>();
        List<OutboxRecord> requests = new ArrayList<>();
        Set<String> told = new LinkedHashSet<>();
        for (Decision decision : decisions) {
            String messageId = messageId(notification, decision.destination());
            String destination = decision.destination().ledgerName();
            switch (decision.verdict()) {
                case Verdict.Tell tell -> {
                    rows.add(LedgerRow.pending(destination, messageId));
                    requests.add(request(match, notification, incident, kind, now, decision.destination(), tell));
                    tell.downloads().stream().map(Download::eventId).forEach(told::add);
                }
                case Verdict.Suppressed suppressed ->
                    rows.add(LedgerRow.suppressed(
                            destination, messageId, suppressed.reason().text()));
                case Verdict.NothingNew _ -> {}
            }
        }
        String subject =
                match.advisory().packageKey().text() + " " + match.advisory().id();
        ledger.add(
                new Notification(notification, match.audience(), kind, subject, Optional.of(incident), rows.size()),
                rows);
        incidents.tell(incident, match.audience(), notification, told);
        outbox.add(requests);
        LOG.atInfo()
                .addKeyValue("notificationId", notification)
                .addKeyValue("matchId", match.id())
                .addKeyValue("kind", kind.text())
                .addKeyValue("downloads", told.size())
                .addKeyValue("requests", requests.size())
                .log("notification.decided");
    }

    private Standing standing(Audience audience) {
        return switch (audience) {
            case Audience.Organisation(String org) ->
                new Standing.Organisation(settings.settings(org), settings.entitlements(org));
            case Audience.Token(String token) -> new Standing.TokenHolder(tokens.has(token), tokens.addressOf(token));
        };
    }

    private static String messageId(UUID notification, Destination destination) {
        return switch (destination) {
            case Destination.Webhook(String endpointId) -> NotificationIds.webhookId(notification, endpointId);
            case Destination.Email _ -> NotificationIds.emailId(notification);
        };
    }

    private OutboxRecord request(
            Match match,
            UUID notification,
            UUID incident,
            Notification.Kind kind,
            Instant now,
            Destination destination,
            Verdict.Tell tell) {
        return switch (destination) {
            case Destination.Webhook(String endpointId) ->
                WebhookRequests.of(
                        notification,
                        org(match.audience()),
                        endpointId,
                        BreachPayload.TYPE,
                        now,
                        new BreachPayload(
                                        notification,
                                        incident,
                                        match.advisory(),
                                        match.fetchedVersions(),
                                        tell.downloads(),
                                        tell.truncated())
                                .json());
            case Destination.Email email ->
                EmailRequests.of(
                        notification,
                        match.audience(),
                        email.address(),
                        email.language(),
                        composer.breach(
                                new BreachNotice(
                                        notification,
                                        match.audience(),
                                        match.advisory(),
                                        match.fetchedVersions(),
                                        tell.downloads(),
                                        tell.truncated(),
                                        kind == Notification.Kind.FOLLOW_UP),
                                email.language()));
        };
    }

    private static String org(Audience audience) {
        return switch (audience) {
            case Audience.Organisation(String org) -> org;
            case Audience.Token _ -> throw new IllegalStateException("a token has no webhook");
        };
    }
}
