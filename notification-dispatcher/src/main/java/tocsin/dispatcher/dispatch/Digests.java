package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.LedgerRow;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.dispatcher.ledger.RequestRepository;
import tocsin.dispatcher.routing.Destination;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.service.outbox.Outbox;

/**
 * Makes one mail of those that waited for each other. It is a notification of its own, and the rows of what it tells end with its row; what must not go there any
 * more is suppressed instead.
 */
@Singleton
final class Digests {

    private static final Logger LOG = LoggerFactory.getLogger(Digests.class);
    /** More go in another mail right after. Mail programs cut what is much longer. */
    private static final int MOST = 30;

    private final SqlClient sql;
    private final IncidentRepository incidents;
    private final CampaignRepository campaigns;
    private final NoticeRepository kept;
    private final LedgerRepository ledger;
    private final RequestRepository requests;
    private final Notices notices;
    private final Outbox outbox;
    private final RungAnew rungAnew;
    private final Rights rights;
    private final Clock clock;

    Digests(
            SqlClient sql,
            IncidentRepository incidents,
            CampaignRepository campaigns,
            NoticeRepository kept,
            LedgerRepository ledger,
            RequestRepository requests,
            Notices notices,
            Outbox outbox,
            RungAnew rungAnew,
            Rights rights,
            Clock clock) {
        this.sql = sql;
        this.incidents = incidents;
        this.campaigns = campaigns;
        this.kept = kept;
        this.ledger = ledger;
        this.requests = requests;
        this.notices = notices;
        this.outbox = outbox;
        this.rungAnew = rungAnew;
        this.rights = rights;
        this.clock = clock;
    }

    /** Sends what waits of the audience, if some of it waited long enough. */
    void send(Audience audience) {
        sql.inTransaction(() -> {
            incidents.lock(audience);
            Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            Map<Destination.Email, List<Notice>> byAddress = new LinkedHashMap<>();
            for (Notice notice : kept.waiting(audience, now, MOST)) {
                if (notice.destination() instanceof Destination.Email email) {
                    byAddress.computeIfAbsent(email, _ -> new ArrayList<>()).add(notice);
                }
            }
            if (byAddress.isEmpty()) {
                return;
            }
            boolean mailed = false;
            for (Map.Entry<Destination.Email, List<Notice>> each : byAddress.entrySet()) {
                List<Notice> wanted = wanted(each.getValue());
                if (!wanted.isEmpty()) {
                    send(audience, each.getKey(), wanted, now);
                    mailed = true;
                }
            }
            // What is refused is no mail after which others have to wait.
            if (mailed) {
                campaigns.mailed(audience, now);
            }
        });
    }

    /** What would go in the next mail. */
    List<UUID> due(Audience audience) {
        return kept.waitingIds(audience, clock.instant(), MOST);
    }

    /**
     * Makes the mail of one and sends nothing.
     *
     * @throws RuntimeException if it cannot be made, by a fault of ours
     */
    void tryAlone(UUID notification) {
        kept.find(notification, LedgerRow.EMAIL).ifPresent(notices::request);
    }

    /** Those that may go there still; the rows of the others end. */
    private List<Notice> wanted(List<Notice> waiting) {
        List<Notice> wanted = new ArrayList<>();
        for (Notice notice : waiting) {
            Optional<String> refusal = rights.refusal(notice)
                    .or(() -> Optional.of(RungAnew.REASON)
                            .filter(_ -> notice.isWithdrawal()
                                    && rungAnew.incident(notice).isPresent()));
            if (refusal.isEmpty()) {
                wanted.add(notice);
            } else {
                ledger.suppress(List.of(notice.notification()), LedgerRow.EMAIL, refusal.get());
                LOG.atInfo()
                        .addKeyValue("notificationId", notice.notification())
                        .addKeyValue("reason", refusal.get())
                        .log("digest.refused");
            }
        }
        return wanted;
    }

    private void send(Audience audience, Destination.Email email, List<Notice> waiting, Instant now) {
        List<UUID> notifications = waiting.stream().map(Notice::notification).toList();
        // What they add to was perhaps told by a mail that carried it.
        List<Optional<UUID>> threads = waiting.stream()
                .map(notice -> notice.thread().map(ledger::mailOf))
                .distinct()
                .toList();
        Optional<UUID> thread = threads.size() == 1 ? threads.getFirst() : Optional.empty();
        if (waiting.size() == 1) {
            Notice alone = waiting.getFirst().answering(thread);
            kept.asked(alone, now);
            outbox.add(List.of(notices.request(alone)));
        } else {
            UUID digest = NotificationIds.ofDigest(notifications.getFirst());
            String emailId = NotificationIds.emailId(digest);
            ledger.add(
                    new Notification(
                            digest,
                            audience,
                            Notification.Kind.DIGEST,
                            waiting.size() + " notices",
                            Optional.empty(),
                            1),
                    List.of(LedgerRow.pending(LedgerRow.EMAIL, emailId)));
            ledger.carry(notifications, digest, emailId);
            kept.forget(notifications, LedgerRow.EMAIL);
            requests.ask(digest, LedgerRow.EMAIL, notices.digest(digest, audience, email, waiting, thread));
        }
        LOG.atInfo()
                .addKeyValue("notificationId", notifications.getFirst())
                .addKeyValue("notices", waiting.size())
                .log("digest.decided");
    }
}
