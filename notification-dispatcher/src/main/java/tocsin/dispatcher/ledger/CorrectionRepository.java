package tocsin.dispatcher.ledger;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;

/**
 * Which notices corrections take back: each of their rows names the one that does. A row counts while it names none, or one that failed there. Everything here
 * belongs in a transaction that has locked the audience.
 */
@Singleton
public final class CorrectionRepository {

    /** How far what a correction takes back came at its destination. */
    public enum Reach {
        /** Some of it is on its way. */
        UNDER_WAY,
        /** All of it has ended, and some arrived. */
        ARRIVED,
        /** All of it failed. */
        FAILED;

        private static Reach of(boolean underWay, boolean arrived) {
            return underWay ? UNDER_WAY : arrived ? ARRIVED : FAILED;
        }
    }

    /** Joins a row {@code l} with what it is about. */
    private static final String COUNTS = """
            n.notification_id = l.notification_id and n.incident_id = ? and n.audience = ? and not n.corrects
              and l.state <> 'suppressed'
              -- Of corrections only one that failed and alone knows that its destination was told.
              and (n.kind <> 'withdrawn' or l.state = 'failed' and l.reached)
              and (l.taken_back_by is null or exists (
                select 1 from ledger c
                where c.notification_id = l.taken_back_by and c.destination = l.destination and c.state = 'failed'))
            """;

    private final SqlClient sql;
    private final Clock clock;

    CorrectionRepository(SqlClient sql, Clock clock) {
        this.sql = sql;
        this.clock = clock;
    }

    /** Where something of the incident was asked for that counts. */
    public Map<String, Reach> standing(UUID incident, Audience audience) {
        Map<String, Reach> standing = new TreeMap<>();
        sql.query(
                """
                select l.destination, bool_or(l.state = 'pending'), bool_or(l.state = 'delivered' or l.reached)
                from ledger l, notification n where %s group by l.destination
                """.formatted(COUNTS),
                row -> standing.put(row.getString(1), Reach.of(row.getBoolean(2), row.getBoolean(3))),
                incident,
                audience.text());
        return standing;
    }

    /**
     * Nothing of the incident that was asked for until now counts any more.
     *
     * @param correction that takes it back; an id of none where nobody is to be corrected
     */
    public void takeBack(UUID correction, UUID incident, Audience audience) {
        sql.update(
                "update ledger l set taken_back_by = ? from notification n where " + COUNTS,
                correction,
                incident,
                audience.text());
    }

    /** What this correction takes back at these destinations arrived, although no row says so any more. */
    public void arrived(UUID correction, Collection<String> destinations) {
        sql.update(
                "update ledger set reached = true where notification_id = ? and destination = any (?)",
                correction,
                destinations.toArray(String[]::new));
    }

    public Reach reach(UUID correction, String destination) {
        return sql.first(
                        """
                        select coalesce(bool_or(state = 'pending' and taken_back_by = ?), false),
                          coalesce(bool_or(state = 'delivered' and taken_back_by = ? or reached), false)
                        from ledger where (taken_back_by = ? or notification_id = ?) and destination = ?
                        """,
                        row -> Reach.of(row.getBoolean(1), row.getBoolean(2)),
                        correction,
                        correction,
                        correction,
                        correction,
                        destination)
                .orElseThrow();
    }

    /**
     * What this correction was to take back counts again at its destination.
     *
     * @return whether some of it arrived of which there is no row any more
     */
    public boolean letGo(UUID correction, String destination) {
        sql.update(
                "update ledger set taken_back_by = null where taken_back_by = ? and destination = ?",
                correction,
                destination);
        return sql.first(
                        "select 1 from ledger where notification_id = ? and destination = ? and reached",
                        row -> true,
                        correction,
                        destination)
                .isPresent();
    }

    /** @return the correction that takes this notice back; empty if it counts, or nobody asked for it there */
    public Optional<UUID> of(UUID notification, String destination) {
        return sql.first("""
                select taken_back_by from ledger
                where notification_id = ? and destination = ? and taken_back_by is not null
                """, row -> row.getObject(1, UUID.class), notification, destination);
    }

    /** The notice counts again at this destination, whatever becomes of the others of its correction. */
    public void letGoAlone(UUID notification, String destination) {
        sql.update(
                "update ledger set taken_back_by = null where notification_id = ? and destination = ?",
                notification,
                destination);
    }

    /** From now on it is this correction that takes the notice back. */
    public void takeBackAlone(UUID correction, UUID notification, String destination) {
        sql.update(
                "update ledger set taken_back_by = ? where notification_id = ? and destination = ?",
                correction,
                notification,
                destination);
    }

    /** What the notification tells, by mail where a webhook did not, is itself that something was taken back. */
    public void corrects(UUID notification) {
        sql.update("update notification set corrects = true where notification_id = ?", notification);
    }

    /**
     * Ends the mails of an incident that were not sent yet; not the corrections, which say what still counts of what was taken back before, nor what is on its
     * way in a mail that tells of other incidents too.
     */
    public void suppressUnsentMails(UUID incident, Audience audience, String reason) {
        sql.update("""
                update ledger l set state = 'suppressed', reason = ?, settled_at = ? from notification n
                where n.notification_id = l.notification_id and n.incident_id = ? and n.audience = ?
                  and n.kind <> 'withdrawn' and not n.corrects and l.destination = ? and l.state = 'pending'
                  and l.carried_by is null
                """, reason, clock.instant(), incident, audience.text(), LedgerRow.EMAIL);
    }
}
