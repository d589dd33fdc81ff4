package tocsin.dispatcher.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;

/** Notifications and their rows. */
@Singleton
public final class LedgerRepository {

    /** A row with its notification, for people. */
    record Entry(
            UUID notificationId,
            String kind,
            String subject,
            Optional<UUID> incidentId,
            String destination,
            String messageId,
            State state,
            Optional<String> reason,
            int attempts,
            Instant createdAt,
            Optional<Instant> settledAt) {}

    /** @param expected rows that the notifications ask for */
    record Totals(long expected, Map<State, Long> rows) {
        long unaccounted() {
            return expected - rows.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** Up to the bracket that ends it. A correction that went nowhere, since nobody was told there or it rang anew, takes nothing back; nor does one that failed. */
    private static final String NOT_TAKEN_BACK_SINCE = """
             and not exists (
               select 1 from notification w join ledger e using (notification_id)
               where w.incident_id = n.incident_id and w.audience = n.audience and w.kind = 'withdrawn'
                 and w.created_at > n.created_at and e.destination = l.destination
                 and (e.state in ('pending', 'delivered')
                   or e.state = 'suppressed' and e.reason not in ('not_told', 'told_again'))
            """;

    private final SqlClient sql;
    private final Clock clock;

    LedgerRepository(SqlClient sql, Clock clock) {
        this.sql = sql;
        this.clock = clock;
    }

    public boolean has(UUID notification) {
        return sql.first("select 1 from notification where notification_id = ?", row -> true, notification)
                .isPresent();
    }

    /**
     * Writes the notification with its rows; part of the transaction that puts the requests into the outbox.
     *
     * @return false if it was there already, and nothing was changed
     */
    public boolean add(Notification notification, List<LedgerRow> rows) {
        return sql.inTransaction(() -> {
            int added = sql.update(
                    """
                    insert into notification
                      (notification_id, audience, kind, subject, incident_id, destinations, created_at)
                    values (?, ?, ?, ?, ?, ?, ?)
                    on conflict (notification_id) do nothing
                    """,
                    notification.id(),
                    notification.audience().text(),
                    notification.kind().text(),
                    notification.subject(),
                    notification.incident(),
                    notification.destinations(),
                    clock.instant());
            if (added == 0) {
                return false;
            }
            sql.update(
                    """
                    insert into ledger (notification_id, destination, message_id, state, reason, settled_at)
                    select ?, destination, message_id, state, reason, case when state <> 'pending' then ?::timestamptz end
                    from unnest(?, ?, ?, ?) as wanted (destination, message_id, state, reason)
                    on conflict (notification_id, destination) do nothing
                    """,
                    notification.id(),
                    clock.instant(),
                    column(rows, LedgerRow::destination),
                    column(rows, LedgerRow::messageId),
                    column(rows, row -> row.state().text()),
                    column(rows, row -> row.reason().orElse(null)));
            return true;
        });
    }

    /** Whether what it told was taken back since. */
    public boolean isTakenBack(UUID notification) {
        return sql.first(
                        "select 1 from notification where notification_id = ? and taken_back",
                        row -> true,
                        notification)
                .isPresent();
    }

    /** Whether there was a notification of this kind then or later. */
    public boolean hasSince(Audience audience, Notification.Kind kind, Instant then) {
        return sql.first(
                        "select 1 from notification where audience = ? and kind = ? and created_at >= ? limit 1",
                        row -> true,
                        audience.text(),
                        kind.text(),
                        then)
                .isPresent();
    }

    /** @return the incident as it is called now */
    public Optional<UUID> incidentOf(UUID notification) {
        return sql.first(
                "select incident_id from notification where notification_id = ? and incident_id is not null",
                row -> row.getObject(1, UUID.class),
                notification);
    }

    /** How many rows of notifications from before then are pending. */
    long pendingSince(Instant then) {
        return sql.first("""
                        select count(*) from ledger l join notification n using (notification_id)
                        where l.state = 'pending' and n.created_at < ?
                        """, row -> row.getLong(1), then).orElse(0L);
    }

    /** @return empty where there is no such row */
    public Optional<State> state(UUID notification, String destination) {
        return Optional.ofNullable(states(List.of(notification), destination).get(notification));
    }

    /** Of those that have such a row. */
    Map<UUID, State> states(Collection<UUID> notifications, String destination) {
        Map<UUID, State> states = new HashMap<>();
        sql.query(
                "select notification_id, state from ledger where notification_id = any (?::uuid[]) and destination = ?",
                row -> states.put(row.getObject(1, UUID.class), State.ofText(row.getString(2))),
                notifications.stream().map(UUID::toString).toArray(String[]::new),
                destination);
        return states;
    }

    /**
     * Closes pending rows, and with that of a mail the rows of all that it carried. A closed one stays as it is, but for a failed one that a person had sent
     * again with success.
     */
    void settle(List<Settlement> ends) {
        sql.inTransaction(() -> {
            settle(ends, "l.notification_id = e.notification_id");
            settle(ends, "l.carried_by = e.notification_id");
        });
    }

    /** @param of a condition of ours */
    private void settle(List<Settlement> ends, String of) {
        sql.update(
                """
                update ledger l set state = e.state, attempts = e.attempts, reason = e.reason, settled_at = e.at
                from unnest(?::uuid[], ?, ?, ?::int[], ?, ?::timestamptz[])
                  as e (notification_id, destination, state, attempts, reason, at)
                where %s and l.destination = e.destination
                  and (l.state = 'pending' or (l.state = 'failed' and e.state = 'delivered'))
                """.formatted(of),
                column(ends, it -> it.notification().toString()),
                column(ends, Settlement::destination),
                column(ends, it -> it.outcome().text()),
                column(ends, it -> Integer.toString(it.attempts())),
                column(ends, it -> it.reason().orElse(null)),
                column(ends, it -> it.at().toString()));
    }

    /** From now on these mails are one, that of another notification: their rows end with its row. */
    public void carry(List<UUID> notifications, UUID by, String messageId) {
        sql.update("""
                update ledger set carried_by = ?, message_id = ?
                where notification_id = any (?::uuid[]) and destination = ? and state = 'pending'
                """, by, messageId, column(notifications, UUID::toString), LedgerRow.EMAIL);
    }

    /** The notification whose mail told it: another one if that carried it. */
    public UUID mailOf(UUID notification) {
        return sql.first(
                        "select carried_by from ledger where notification_id = ? and destination = ? and carried_by is not null",
                        row -> row.getObject(1, UUID.class),
                        notification,
                        LedgerRow.EMAIL)
                .orElse(notification);
    }

    /** Ends a mail that is not to be asked for any more, and the rows of all that it carries. */
    public void suppressMail(UUID notification, String reason) {
        sql.update("""
                update ledger set state = 'suppressed', reason = ?, settled_at = ?
                where (notification_id = ? or carried_by = ?) and destination = ? and state = 'pending'
                """, reason, clock.instant(), notification, notification, LedgerRow.EMAIL);
    }

    /** Whether a mail tells, of what it carries, some notice of this kind. */
    public boolean carries(UUID mail, Notification.Kind kind) {
        return sql.first("""
                        select 1 from ledger l join notification n using (notification_id)
                        where l.carried_by = ? and n.kind = ? limit 1
                        """, row -> true, mail, kind.text()).isPresent();
    }

    /** Ends pending rows that are not to be asked for any more. */
    public void suppress(List<UUID> notifications, String destination, String reason) {
        sql.update("""
                update ledger set state = 'suppressed', reason = ?, settled_at = ?
                where notification_id = any (?::uuid[]) and destination = ? and state = 'pending'
                """, reason, clock.instant(), column(notifications, UUID::toString), destination);
    }

    /**
     * Ends the mails to holders of tokens at an address that were not sent yet, those that one mail carries included.
     *
     * @param recipient hash of the address
     */
    public void suppressMailsToHolder(String recipient, String reason) {
        sql.update("""
                update ledger l set state = 'suppressed', reason = ?, settled_at = ? from notification n
                where n.notification_id = l.notification_id and n.audience like 'token:%'
                  and l.destination = ? and l.state = 'pending'
                  and (l.notification_id in (select notification_id from kept_notice where recipient = ?)
                    or coalesce(l.carried_by, l.notification_id) in (
                      select notification_id from kept_request where key = ? and destination = l.destination))
                """, reason, clock.instant(), LedgerRow.EMAIL, recipient, recipient.getBytes(UTF_8));
    }

    /** What the notification tells, by mail where a webhook did not, is itself that something was taken back. */
    public void corrects(UUID notification) {
        sql.update("update notification set corrects = true where notification_id = ?", notification);
    }

    /**
     * Ends the mails of an incident that were not sent yet; not the corrections, which say what still counts of what was taken back before, nor what is on its
     * way in a mail that tells of other incidents too.
     *
     * @return how many
     */
    public int suppressUnsentMails(UUID incident, Audience audience, String reason) {
        return sql.update("""
                update ledger l set state = 'suppressed', reason = ?, settled_at = ? from notification n
                where n.notification_id = l.notification_id and n.incident_id = ? and n.audience = ?
                  and not n.taken_back and n.kind <> 'withdrawn' and not n.corrects and l.destination = ? and l.state = 'pending'
                  and l.carried_by is null
                """, reason, clock.instant(), incident, audience.text(), LedgerRow.EMAIL);
    }

    /**
     * Whether a notification of the incident reached this destination since it last heard that it was taken back, or may yet. Says nothing of rows that are
     * gone.
     */
    public boolean reached(UUID incident, Audience audience, String destination) {
        return sql.first("""
                        select 1 from ledger l join notification n using (notification_id)
                        where n.incident_id = ? and n.audience = ? and n.kind <> 'withdrawn' and not n.corrects
                          and l.destination = ? and l.state in ('pending', 'delivered')
                          and (not n.taken_back or exists (
                            select 1 from notification u join ledger f using (notification_id)
                            where u.incident_id = n.incident_id and u.audience = n.audience and u.kind = 'withdrawn'
                              and u.created_at > n.created_at and f.destination = l.destination
                              and (f.state = 'failed' or f.reason in ('not_told', 'told_again')))
                        """ + NOT_TAKEN_BACK_SINCE + ")) limit 1", row -> true, incident, audience.text(), destination)
                .isPresent();
    }

    /** Whether another notification of the incident is pending at this destination. */
    public boolean isPendingBeside(UUID notification, UUID incident, Audience audience, String destination) {
        return sql.first("""
                        select 1 from ledger l join notification n using (notification_id)
                        where n.incident_id = ? and n.audience = ? and l.destination = ? and l.state = 'pending'
                          and n.notification_id <> ? limit 1
                        """, row -> true, incident, audience.text(), destination, notification)
                .isPresent();
    }

    /** Whether anything that a correction takes back got to this destination. */
    public boolean toldBefore(UUID correction, String destination) {
        return sql.first(
                        """
                        select 1 from notification c join notification n using (incident_id, audience)
                        join ledger l on l.notification_id = n.notification_id
                        where c.notification_id = ? and n.created_at <= c.created_at
                          and l.destination = ? and l.state = 'delivered'
                          and n.kind <> 'withdrawn' and not n.corrects
                        """ + NOT_TAKEN_BACK_SINCE + " and w.created_at < c.created_at) limit 1",
                        row -> true,
                        correction,
                        destination)
                .isPresent();
    }

    /** Corrections at this destination that went nowhere, since nothing had arrived there, wait anew: of them, what this notification told. */
    public void correctAfterAll(UUID notification, String destination) {
        sql.update("""
                update ledger l set state = 'pending', reason = null, settled_at = null
                from notification n, notification c, kept_notice k
                where n.notification_id = ? and c.incident_id = n.incident_id and c.audience = n.audience
                  and c.kind = 'withdrawn' and c.created_at >= n.created_at
                  and k.notification_id = c.notification_id and k.destination = ? and k.untold
                  and l.notification_id = k.notification_id and l.destination = k.destination and l.state = 'suppressed'
                """, notification, destination);
        sql.update("""
                update kept_notice k set untold = false from ledger l join notification c using (notification_id)
                where c.incident_id = (select incident_id from notification where notification_id = ?)
                  and k.notification_id = l.notification_id and k.destination = l.destination and k.destination = ?
                  and k.untold and l.state = 'pending'
                """, notification, destination);
    }

    /** Whose notification it is. */
    public Optional<Audience> audienceOf(UUID notification) {
        return sql.first(
                "select audience from notification where notification_id = ?",
                row -> Audience.parse(row.getString(1)),
                notification);
    }

    /** What was told of the incident until now is over: no later correction is of it. */
    public void takeBack(UUID incident, Audience audience) {
        sql.update(
                "update notification set taken_back = true where incident_id = ? and audience = ? and not taken_back",
                incident,
                audience.text());
    }

    /** The newest first. */
    List<Entry> find(LedgerQuestion question) {
        List<@Nullable Object> parameters = new ArrayList<>();
        StringBuilder where = new StringBuilder("n.audience = ?");
        parameters.add(question.audience().text());
        question.state().ifPresent(it -> and(where, parameters, "l.state = ?", it.text()));
        question.kind().ifPresent(it -> and(where, parameters, "n.kind = ?", it.text()));
        question.packageKey()
                .ifPresent(it -> and(
                        where,
                        parameters,
                        "n.incident_id in (select incident_id from incident_alias where package_key = ?)",
                        it.text()));
        question.advisory()
                .ifPresent(it -> and(
                        where,
                        parameters,
                        "n.incident_id in (select incident_id from incident_alias where advisory_id = ?)",
                        it));
        question.since().ifPresent(it -> and(where, parameters, "n.created_at >= ?", it));
        question.until().ifPresent(it -> and(where, parameters, "n.created_at < ?", it));
        question.after().ifPresent(it -> {
            and(
                    where,
                    parameters,
                    "n.created_at <= ? and (n.created_at < ? or (n.notification_id, l.destination) > (?, ?))",
                    it.createdAt());
            parameters.addAll(List.of(it.createdAt(), it.notificationId(), it.destination()));
        });
        parameters.add(question.limit());
        return sql.query("""
                select n.notification_id, n.kind, n.subject, n.incident_id, n.created_at,
                  l.destination, l.message_id, l.state, l.reason, l.attempts, l.settled_at
                from notification n join ledger l using (notification_id)
                where %s
                order by n.created_at desc, n.notification_id, l.destination
                limit ?
                """.formatted(where), LedgerRepository::entry, parameters.toArray());
    }

    /** @param condition of ours, never of a caller's */
    private static void and(StringBuilder where, List<@Nullable Object> parameters, String condition, Object value) {
        where.append(" and ").append(condition);
        parameters.add(value);
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getObject("notification_id", UUID.class),
                row.getString("kind"),
                row.getString("subject"),
                Optional.ofNullable(row.getObject("incident_id", UUID.class)),
                row.getString("destination"),
                row.getString("message_id"),
                State.ofText(row.getString("state")),
                Optional.ofNullable(row.getString("reason")),
                row.getInt("attempts"),
                SqlClient.instant(row, "created_at"),
                SqlClient.optionalInstant(row, "settled_at"));
    }

    private static <T> @Nullable String[] column(List<T> rows, Function<T, @Nullable String> value) {
        return rows.stream().map(value).toArray(String[]::new);
    }

    /** From the counters that each change of the tables keeps exact, whatever changed them. */
    Totals totals() {
        Map<String, Long> counted = new HashMap<>();
        sql.query(
                "select counted, sum(rows) from ledger_tally group by counted",
                row -> counted.put(row.getString(1), row.getLong(2)));
        Map<State, Long> rows = new EnumMap<>(State.class);
        for (State state : State.values()) {
            rows.put(state, counted.getOrDefault(state.text(), 0L));
        }
        return new Totals(counted.getOrDefault("expected", 0L), rows);
    }
}
