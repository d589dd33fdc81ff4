package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.ledger.CorrectionRepository;
import tocsin.dispatcher.ledger.ExhaustedWebhook;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.LedgerRow;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.dispatcher.ledger.State;
import tocsin.dispatcher.routing.Destination;
import tocsin.dispatcher.routing.Verdict;
import tocsin.dispatcher.settings.OwnerAddress;
import tocsin.dispatcher.settings.SettingsRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;

/**
 * What a webhook did not bring goes to the organisation's confirmed address, with others of its campaign, unless a mail told the same or it was taken back since. Where a mail is still to tell
 * the same, it is known only when that has ended, and {@link #mailEnded} decides.
 */
@Singleton
final class UndeliveredMail implements ExhaustedWebhook {

    private final SqlClient sql;
    private final IncidentRepository incidents;
    private final NoticeRepository kept;
    private final LedgerRepository ledger;
    private final CorrectionRepository corrections;
    private final NoticeWriter writer;
    private final OwnerAddress owners;
    private final SettingsRepository settings;
    private final Clock clock;

    UndeliveredMail(
            SqlClient sql,
            IncidentRepository incidents,
            NoticeRepository kept,
            LedgerRepository ledger,
            CorrectionRepository corrections,
            NoticeWriter writer,
            OwnerAddress owners,
            SettingsRepository settings,
            Clock clock) {
        this.sql = sql;
        this.incidents = incidents;
        this.kept = kept;
        this.ledger = ledger;
        this.corrections = corrections;
        this.writer = writer;
        this.owners = owners;
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public void failed(UUID notification, String endpointId) {
        if (ledger.state(notification, endpointId).filter(State.PENDING::equals).isPresent()) {
            // What a mail was to tell stays when the row ends, and is looked at when the mail's has, too.
            kept.find(notification, endpointId)
                    .filter(notice -> !notice.mailed())
                    .ifPresent(notice -> tell(notice, endpointId));
        }
    }

    /** Once the mail has ended that was to tell what this failed webhook did not: it did, or another one does. */
    void mailEnded(UUID notification, String endpointId) {
        sql.inTransaction(() -> {
            if (ledger.state(notification, LedgerRow.EMAIL).orElse(State.FAILED) != State.DELIVERED) {
                kept.find(notification, endpointId).ifPresent(notice -> tell(notice, endpointId));
            }
            kept.forgetFailed(notification, endpointId);
        });
    }

    private void tell(Notice before, String endpointId) {
        if (!(before.match().audience() instanceof Audience.Organisation audience)) {
            return;
        }
        incidents.lock(audience);
        // Erasures rewrite what is kept under this lock.
        Optional<Notice> notice = kept.find(before.notification(), endpointId);
        if (notice.isEmpty()
                || corrections.of(before.notification(), endpointId).isPresent()) {
            return;
        }
        owners.of(audience.orgId()).ifPresent(owner -> tell(notice.get(), endpointId, audience, owner));
    }

    private void tell(Notice notice, String endpointId, Audience.Organisation audience, OwnerAddress.Found owner) {
        UUID notification = NotificationIds.ofUndelivered(notice.notification(), endpointId);
        String emailId = NotificationIds.emailId(notification);
        UUID incident = incident(notice);
        Optional<String> refusal = refusal(notice, incident, audience);
        LedgerRow row = refusal.map(it -> LedgerRow.suppressed(LedgerRow.EMAIL, emailId, it))
                .orElseGet(() -> LedgerRow.pending(LedgerRow.EMAIL, emailId));
        boolean added = ledger.add(
                new Notification(
                        notification,
                        audience,
                        Notification.Kind.UNDELIVERED,
                        notice.match().advisory().packageKey().text() + " "
                                + notice.match().advisory().id(),
                        Optional.of(incident),
                        1),
                List.of(row));
        if (added && notice.isWithdrawal()) {
            corrections.corrects(notification);
        }
        if (!added || refusal.isPresent()) {
            return;
        }
        Destination.Email to = new Destination.Email(owner.address(), owner.language());
        Optional<UUID> thread = incidents.toldWhere(incident, audience).stream()
                .filter(it -> it.address().filter(to.address()::equals).isPresent())
                .map(channel -> ledger.mailOf(channel.thread()))
                .findFirst();
        writer.ask(new Notice(
                notification,
                notice.kind(),
                incident,
                to,
                notice.match(),
                notice.first(),
                thread,
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                true,
                false,
                true));
        // A correction goes there too; of a correction or a drill there is none.
        if (notice.kind() != Notification.Kind.WITHDRAWN && notice.kind() != Notification.Kind.DRILL) {
            incidents.toldAt(incident, audience, Deciding.channel(to, notification));
        }
    }

    private Optional<String> refusal(Notice notice, UUID incident, Audience.Organisation audience) {
        if (!settings.entitlements(audience.orgId()).guard()) {
            return Optional.of(Verdict.Reason.GUARD_NOT_ENTITLED.text());
        }
        // That nothing is affected is true no more.
        return Optional.of(RungAnew.REASON).filter(_ -> notice.isWithdrawal() && incidents.knows(incident, audience));
    }

    /** From here on it becomes part of no other until the transaction ends. */
    private UUID incident(Notice notice) {
        return notice.kind() == Notification.Kind.DRILL
                ? notice.incident()
                : incidents.findOrCreate(notice.match().advisory());
    }
}
