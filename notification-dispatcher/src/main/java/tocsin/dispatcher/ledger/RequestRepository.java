package tocsin.dispatcher.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageHeaders;
import tocsin.service.outbox.Outbox;
import tocsin.service.outbox.OutboxRecord;

/** Sends requests and keeps them until their row ends, so that they can be asked for again. */
@Singleton
public final class RequestRepository {

    private static final String ADDRESS_REMOVED = "address_removed";

    /** What was written since an organisation asked for the address again, after its erasure, is of that time. */
    private static final String UNLESS_ASKED_AGAIN = """
             and not exists (
               select 1 from notification n join allowed_address a on 'org:' || a.org_id = n.audience
               where n.notification_id = k.notification_id and a.recipient = ? and a.requested_at > ?
                 and a.requested_at <= k.kept_at)
            """;

    private final SqlClient sql;
    private final Outbox outbox;
    private final Clock clock;

    RequestRepository(SqlClient sql, Outbox outbox, Clock clock) {
        this.sql = sql;
        this.outbox = outbox;
        this.clock = clock;
    }

    /** In the transaction that writes the pending row. */
    public void ask(UUID notification, String destination, OutboxRecord request) {
        askLater(notification, destination, request);
        outbox.add(request);
    }

    /** As {@link #ask}, but it goes only when it would be asked for again. */
    public void askLater(UUID notification, String destination, OutboxRecord request) {
        Instant now = clock.instant();
        byte[] messageId = Objects.requireNonNull(request.headers().get(MessageHeaders.MESSAGE_ID), "message id");
        sql.update(
                """
                insert into kept_request
                  (notification_id, destination, topic, key, value, message_id, kept_at, asked_at)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                notification,
                destination,
                request.topic(),
                request.key(),
                request.value(),
                new String(messageId, UTF_8),
                now,
                now);
    }

    /**
     * What a pending row asked for.
     *
     * @param keptAt when it was first asked for, or was to be
     */
    public record Kept(
            UUID notification,
            Notification.Kind kind,
            Audience audience,
            String destination,
            Instant keptAt,
            OutboxRecord request) {

        public boolean isMail() {
            return destination.equals(LedgerRow.EMAIL);
        }
    }

    /** Some that were last asked for before then. */
    public List<Kept> askedBefore(Instant then, int most) {
        return sql.query(
                """
                select k.*, n.kind, n.audience from kept_request k join notification n using (notification_id)
                where k.asked_at < ? order by k.asked_at limit ?
                """,
                row -> new Kept(
                        row.getObject("notification_id", UUID.class),
                        Notification.Kind.ofText(row.getString("kind")),
                        Audience.parse(row.getString("audience")),
                        row.getString("destination"),
                        SqlClient.instant(row, "kept_at"),
                        new OutboxRecord(
                                row.getString("topic"),
                                row.getBytes("key"),
                                row.getBytes("value"),
                                Map.of(
                                        MessageHeaders.MESSAGE_ID,
                                        row.getString("message_id").getBytes(UTF_8)))),
                then,
                most);
    }

    /** Keeps all others who ask this from the request until the transaction ends. @return false if it ended or was asked for since then */
    public boolean isDue(Kept kept, Instant then) {
        sql.lock("request " + kept.notification() + " " + kept.destination());
        return sql.first(
                        "select 1 from kept_request where notification_id = ? and destination = ? and asked_at < ?",
                        row -> true,
                        kept.notification(),
                        kept.destination(),
                        then)
                .isPresent();
    }

    /** @return false if it ended or was asked for since then; else nobody else takes it until the transaction ends */
    public boolean take(Kept kept, Instant then, Instant now) {
        return sql.update("""
                        update kept_request set asked_at = ?
                        where notification_id = ? and destination = ? and asked_at < ?
                        """, now, kept.notification(), kept.destination(), then) > 0;
    }

    /**
     * Takes away what names the subject. What was asked for is on its way and ends its row; it is only not asked for again. A mail to an address that is erased
     * may still wait for its turn, and its row ends here.
     *
     * @return how many requests are gone
     */
    public int erase(ErasureSubject subject, ErasureBounds bounds) {
        return switch (subject) {
            // They go with its notifications.
            case ErasureSubject.OfToken _ -> 0;
            // Whom their words name is not to be told by an id; what asks for confirmation names nobody but its reader.
            case ErasureSubject.OfOrganisation of ->
                sql.update(
                        """
                        delete from kept_request k using notification n
                        where n.notification_id = k.notification_id and n.audience = ? and n.kind <> ? and k.kept_at <= ?
                        """, of.organisation().text(), Notification.Kind.ADDRESS_CONFIRMATION.text(), bounds.known());
            case ErasureSubject.OfEmail email ->
                endMailsTo(email.hash(), bounds) + forgetWhatNames(email.hash(), bounds);
        };
    }

    /** The requests go with their rows, and the rows of what a mail carries end with its own. */
    private int endMailsTo(String recipient, ErasureBounds bounds) {
        return sql.update(
                """
                update ledger l set state = 'suppressed', reason = ?, settled_at = ? from kept_request k
                where k.key = ? and k.destination = ? and k.kept_at <= ?
                  and (l.notification_id = k.notification_id or l.carried_by = k.notification_id)
                  and l.destination = k.destination and l.state = 'pending'
                """ + UNLESS_ASKED_AGAIN,
                ADDRESS_REMOVED,
                clock.instant(),
                recipient.getBytes(UTF_8),
                LedgerRow.EMAIL,
                bounds.known(),
                recipient,
                bounds.requested());
    }

    private int forgetWhatNames(String address, ErasureBounds bounds) {
        return sql.inTransaction(() -> {
            int[] gone = {0};
            sql.each(
                    "select notification_id, destination, value from kept_request k where kept_at <= ?"
                            + UNLESS_ASKED_AGAIN,
                    row -> {
                        if (KeptAddresses.in(row.getBytes("value")).anyMatch(address::equals)) {
                            gone[0] += sql.update(
                                    "delete from kept_request where notification_id = ? and destination = ?",
                                    row.getObject("notification_id", UUID.class),
                                    row.getString("destination"));
                        }
                    },
                    bounds.known(),
                    address,
                    bounds.requested());
            return gone[0];
        });
    }
}
