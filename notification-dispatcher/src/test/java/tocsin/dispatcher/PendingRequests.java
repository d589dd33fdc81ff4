package tocsin.dispatcher;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import tocsin.dispatcher.email.EmailRequests;
import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.email.Mail;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.LedgerRow;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.ledger.RequestRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.service.outbox.OutboxRecord;

/** Keeps what pending rows of an organisation asked for, as if it had been lost on its way. */
public final class PendingRequests {

    private final RunningDispatcher dispatcher;
    private final Audience.Organisation audience;

    public PendingRequests(RunningDispatcher dispatcher, String org) {
        this.dispatcher = dispatcher;
        this.audience = new Audience.Organisation(org);
    }

    /** @return the notification */
    public UUID keep(Notification.Kind kind, String destination, Function<UUID, OutboxRecord> request) {
        UUID id = UUID.randomUUID();
        dispatcher.bean(SqlClient.class).inTransaction(() -> {
            add(id, kind, destination);
            dispatcher.bean(RequestRepository.class).askLater(id, destination, request.apply(id));
        });
        return id;
    }

    /** As {@link #keep} for a mail. */
    public UUID keepMail(Notification.Kind kind, String address) {
        return keep(
                kind,
                LedgerRow.EMAIL,
                id -> EmailRequests.of(
                        id,
                        audience,
                        address,
                        Language.EN,
                        new Mail("Subject", "text", "<p>text</p>"),
                        Optional.empty()));
    }

    /** A mail that another one brings. @return the notification */
    public UUID carry(Notification.Kind kind, UUID by) {
        UUID id = UUID.randomUUID();
        add(id, kind, LedgerRow.EMAIL);
        dispatcher.bean(LedgerRepository.class).carry(List.of(id), by, "message-of-" + by);
        return id;
    }

    private void add(UUID id, Notification.Kind kind, String destination) {
        dispatcher
                .bean(LedgerRepository.class)
                .add(
                        new Notification(id, audience, kind, "kept", Optional.empty(), 1),
                        List.of(LedgerRow.pending(destination, "message-of-" + id)));
    }

    /** As if all that is pending had been asked for long ago. */
    public void aDayPasses() {
        for (String table : List.of("kept_notice", "kept_request")) {
            dispatcher.update(
                    "update notification_dispatcher." + table
                            + " k set asked_at = asked_at - interval '25 hours' from notification_dispatcher.notification n"
                            + " where n.notification_id = k.notification_id and n.audience = ?",
                    audience.text());
        }
    }
}
