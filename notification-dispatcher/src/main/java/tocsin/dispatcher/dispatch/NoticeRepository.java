package tocsin.dispatcher.dispatch;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.incident.ErasedMatch;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.incident.MatchReader;
import tocsin.dispatcher.incident.MatchWriter;
import tocsin.dispatcher.ledger.ErasureBounds;
import tocsin.dispatcher.ledger.LedgerRow;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.routing.Destination;
import tocsin.dispatcher.routing.Verdict;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.AdvisoryMatched;

/** Notices whose row is pending; a row that ends takes its notice along, unless it may begin anew. */
@Singleton
public final class NoticeRepository {

    private static final MessageCodec<AdvisoryMatched> CODEC = MessageCodec.of(AdvisoryMatched.class);
    private static final String SELECT = """
            select k.*, n.kind from kept_notice k join notification n using (notification_id)
            """;

    private final SqlClient sql;
    private final IncidentRepository incidents;

    NoticeRepository(SqlClient sql, IncidentRepository incidents) {
        this.sql = sql;
        this.incidents = incidents;
    }

    /**
     * In the transaction that writes its row.
     *
     * @param digestAt until when its mail waits for others; empty if it is asked for now
     * @param held whether it waits until what was told there before has ended
     */
    void keep(Notice notice, Optional<Instant> digestAt, boolean held) {
        Optional<Destination.Email> mail =
                notice.destination() instanceof Destination.Email email ? Optional.of(email) : Optional.empty();
        sql.update(
                """
                insert into kept_notice
                  (notification_id, destination, incident_id, match, occurred_at, first, thread,
                   address, recipient, language, mailed, asked_at, digest_at, thin, tells, held)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                notice.notification(),
                notice.destination().ledgerName(),
                notice.incident(),
                MatchWriter.bytes(notice.match()),
                notice.occurredAt(),
                notice.first(),
                notice.thread(),
                mail.map(Destination.Email::address),
                mail.map(it -> RecordKeys.emailRecipient(it.address())),
                mail.map(it -> it.language().code()),
                notice.mailed(),
                notice.occurredAt(),
                digestAt,
                notice.thin(),
                Optional.of(notice.kind().text()).filter(_ -> notice.undelivered()),
                held);
    }

    Optional<Notice> find(UUID notification, String destination) {
        return sql.first(
                SELECT + "where notification_id = ? and destination = ?",
                NoticeRepository::notice,
                notification,
                destination);
    }

    /** A pending row that a notice is kept of, which perhaps nobody can read. */
    record Row(UUID notification, String destination) {}

    /** Some that were last asked for before then. */
    List<Row> askedBefore(Instant then, int most) {
        return sql.query("""
                select notification_id, destination from kept_notice
                where asked_at < ? and digest_at is null and not failed and not held and not untold
                order by asked_at limit ?
                """, row -> new Row(row.getObject(1, UUID.class), row.getString(2)), then, most);
    }

    /** @return false if it ended or was asked for since then; else nobody else takes it until the transaction ends */
    boolean take(Row row, Instant then, Instant now) {
        return sql.update("""
                        update kept_notice set asked_at = ?
                        where notification_id = ? and destination = ? and asked_at < ? and not failed
                        """, now, row.notification(), row.destination(), then) > 0;
    }

    /** Corrections that need not wait any more: nothing that they take back is pending there. */
    List<Row> heldForNothing(Instant now, int most) {
        return sql.query("""
                select k.notification_id, k.destination from kept_notice k
                where k.held and not k.untold and k.asked_at <= ? and not exists (
                  select 1 from ledger l
                  where l.taken_back_by = k.notification_id and l.destination = k.destination and l.state = 'pending')
                order by k.asked_at limit ?
                """, row -> new Row(row.getObject(1, UUID.class), row.getString(2)), now, most);
    }

    /** @return false if it waits no more, or somebody else took it */
    boolean release(Row row, Instant now) {
        return sql.update("""
                        update kept_notice set held = false, asked_at = ?
                        where notification_id = ? and destination = ? and held and not untold
                        """, now, row.notification(), row.destination()) > 0;
    }

    /** It waits on, and is not looked at before then. */
    void postpone(Row row, Instant then) {
        sql.update(
                "update kept_notice set asked_at = ? where notification_id = ? and destination = ? and held",
                then,
                row.notification(),
                row.destination());
    }

    /** A webhook that failed beside a mail that was to tell the same. */
    record FailedWebhook(UUID notification, String endpointId, UUID incident) {}

    /** Those beside which the mail is not pending any more, the longest kept first. */
    List<FailedWebhook> failedBesideEndedMails(int most) {
        return sql.query(
                """
                select k.notification_id, k.destination, k.incident_id from kept_notice k
                left join ledger m on m.notification_id = k.notification_id and m.destination = ?
                where k.failed and m.state is distinct from 'pending' order by k.asked_at limit ?
                """,
                row -> new FailedWebhook(
                        row.getObject("notification_id", UUID.class),
                        row.getString("destination"),
                        row.getObject("incident_id", UUID.class)),
                LedgerRow.EMAIL,
                most);
    }

    /** Mails that waited for each other until now, the oldest first. */
    List<Notice> waiting(Audience audience, Instant now, int most) {
        return sql.query(
                SELECT + "where n.audience = ? and k.digest_at <= ? order by k.occurred_at, k.notification_id limit ?",
                NoticeRepository::notice,
                audience.text(),
                now,
                most);
    }

    /** As {@link #waiting}, also of what cannot be read. */
    List<UUID> waitingIds(Audience audience, Instant now, int most) {
        return sql.query("""
                select k.notification_id from kept_notice k join notification n using (notification_id)
                where n.audience = ? and k.digest_at <= ? order by k.occurred_at, k.notification_id limit ?
                """, row -> row.getObject(1, UUID.class), audience.text(), now, most);
    }

    /** It waits no more, and is asked for as it is now. */
    void asked(Notice notice, Instant now) {
        sql.update(
                """
                update kept_notice set digest_at = null, asked_at = ?, thread = ?
                where notification_id = ? and destination = ?
                """,
                now,
                notice.thread(),
                notice.notification(),
                notice.destination().ledgerName());
    }

    /** Whether it waits for what it takes back. */
    boolean isHeld(UUID notification, String destination) {
        return sql.first(
                        "select 1 from kept_notice where notification_id = ? and destination = ? and held and not untold",
                        row -> true,
                        notification,
                        destination)
                .isPresent();
    }

    /** What a failed webhook told is told elsewhere, or not at all; a correction stays that may have to be said again. */
    void forgetFailed(UUID notification, String endpointId) {
        sql.update(
                "update kept_notice set failed = false where notification_id = ? and destination = ?",
                notification,
                endpointId);
        sql.update(
                "delete from kept_notice where notification_id = ? and destination = ? and not untold",
                notification,
                endpointId);
    }

    /** What another mail tells. */
    void forget(List<UUID> notifications, String destination) {
        sql.update(
                "delete from kept_notice where notification_id = any (?::uuid[]) and destination = ?",
                notifications.stream().map(UUID::toString).toArray(String[]::new),
                destination);
    }

    /**
     * Takes the subject out of what is kept, and ends the mails to an address that is erased, wherever they wait. What its server is being handed still goes, and
     * so do webhooks that are on their way.
     *
     * @return how many rows are changed or gone
     */
    public int erase(ErasureSubject subject, ErasureBounds bounds) {
        int ended = subject instanceof ErasureSubject.OfEmail email ? endMailsTo(email, bounds) : 0;
        return ended
                + audiences(subject).stream()
                        .mapToInt(it -> erase(subject, bounds.requested(), it))
                        .sum();
    }

    /** What they told is forgotten with their rows. */
    private int endMailsTo(ErasureSubject.OfEmail email, ErasureBounds bounds) {
        return sql.update(
                """
                update ledger l set state = 'suppressed', reason = ?, settled_at = ?
                from kept_notice k join notification n using (notification_id)
                where k.recipient = ? and k.occurred_at <= ?
                  and l.notification_id = k.notification_id and l.destination = k.destination and l.state = 'pending'
                  and not exists (
                    select 1 from allowed_address a
                    where 'org:' || a.org_id = n.audience and a.recipient = k.recipient and a.requested_at > ?
                      and a.requested_at <= k.occurred_at)
                """,
                Verdict.Reason.ADDRESS_REMOVED.text(),
                bounds.known(),
                email.hash(),
                bounds.known(),
                bounds.requested());
    }

    private List<String> audiences(ErasureSubject subject) {
        return switch (subject) {
            case ErasureSubject.OfOrganisation of -> List.of(of.organisation().text());
            // Its rows go, and their notices with them.
            case ErasureSubject.OfToken _ -> List.of();
            case ErasureSubject.OfEmail _ ->
                sql.query(
                        "select distinct n.audience from kept_notice k join notification n using (notification_id)",
                        row -> row.getString(1));
        };
    }

    private int erase(ErasureSubject subject, Instant by, String audience) {
        return sql.inTransaction(() -> {
            // Else one might be told elsewhere with the subject while it is rewritten.
            incidents.lock(Audience.parse(audience));
            int[] changed = {0};
            sql.each(
                    SELECT + "where n.audience = ?",
                    row -> {
                        AdvisoryMatched match = CODEC.decode(row.getBytes("match"));
                        AdvisoryMatched without = ErasedMatch.without(subject, by, match);
                        if (!without.equals(match)) {
                            changed[0] += sql.update(
                                    "update kept_notice set match = ? where notification_id = ? and destination = ?",
                                    CODEC.encode(without),
                                    row.getObject("notification_id", UUID.class),
                                    row.getString("destination"));
                        }
                    },
                    audience);
            return changed[0];
        });
    }

    private static Notice notice(ResultSet row) throws SQLException {
        String name = row.getString("destination");
        String address = row.getString("address");
        Destination destination = name.equals(LedgerRow.EMAIL)
                ? new Destination.Email(
                        address, Language.ofCode(row.getString("language")).orElse(Language.EN))
                : new Destination.Webhook(name);
        Optional<String> tells = Optional.ofNullable(row.getString("tells"));
        return new Notice(
                row.getObject("notification_id", UUID.class),
                Notification.Kind.ofText(tells.orElse(row.getString("kind"))),
                row.getObject("incident_id", UUID.class),
                destination,
                MatchReader.read(row.getBytes("match")),
                Optional.ofNullable(row.getObject("first", UUID.class)),
                Optional.ofNullable(row.getObject("thread", UUID.class)),
                SqlClient.instant(row, "occurred_at"),
                row.getBoolean("mailed"),
                row.getBoolean("thin"),
                tells.isPresent());
    }
}
