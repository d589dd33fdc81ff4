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
    Map<String, Long> pendingSince(Instant then) {
        Map<String, Long> pending = new HashMap<>();
        sql.query("""
                select case l.destination when 'email' then 'email' else 'webhook' end as channel, count(*)
                from ledger l join notification n using (notification_id)
                where l.state = 'pending' and n.created_at < ? group by channel
                """, row -> pending.put(row.getString(1), row.getLong(2)), then);
        return pending;
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
        // One statement: each that changes rows has the ledger's counters and requests brought up to date.
        sql.update(
                """
                with ended as (
                  select * from unnest(?::uuid[], ?, ?, ?::int[], ?, ?::timestamptz[])
                    as e (notification_id, destination, state, attempts, reason, at)
                ), of_rows as (
                  select * from ended
                  union all
                  select l.notification_id, e.destination, e.state, e.attempts, e.reason, e.at
                  from ended e join ledger l on l.carried_by = e.notification_id and l.destination = e.destination
                ), last as (
                  -- What arrived stands.
                  select distinct on (notification_id, destination) * from of_rows
                  order by notification_id, destination, state = 'delivered' desc
                ), held as (
                  -- In one order, so that nobody waits in a circle; an update has none of its own.
                  select l.notification_id, l.destination from ledger l join last using (notification_id, destination)
                  order by l.notification_id, l.destination for no key update of l
                )
                update ledger l set state = e.state, attempts = e.attempts, reason = e.reason, settled_at = e.at
                from last e join held using (notification_id, destination)
                where l.notification_id = e.notification_id and l.destination = e.destination
                  and (l.state = 'pending' or (l.state = 'failed' and e.state = 'delivered'))
                """,
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

    /** Whose notification it is. */
    public Optional<Audience> audienceOf(UUID notification) {
        return sql.first(
                "select audience from notification where notification_id = ?",
                row -> Audience.parse(row.getString(1)),
                notification);
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
