package tocsin.dispatcher.retention;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;

/** Removes a bounded number of old rows at a time, each time in a transaction of its own. */
@Singleton
final class RetentionRepository {

    private final SqlClient sql;
    private final IncidentRepository incidents;

    private record Known(UUID incident, Audience audience) {}

    RetentionRepository(SqlClient sql, IncidentRepository incidents) {
        this.sql = sql;
        this.incidents = incidents;
    }

    /** Notifications with their rows, but for those that have a row without an end. @return how many notifications */
    int removeEnded(Instant before, int most) {
        return sql.inTransaction(() -> {
            String[] old = sql.query("""
                            select notification_id::text from notification n
                            where created_at < ? and not exists (
                              select 1 from ledger l where l.notification_id = n.notification_id and l.state = 'pending')
                            order by created_at limit ? for update skip locked
                            """, row -> row.getString(1), before, most).toArray(String[]::new);
            // Rows before channels, as whoever takes back what was told.
            sql.query(
                    "select 1 from ledger where notification_id = any (?::uuid[]) order by notification_id, destination for update",
                    row -> true,
                    (Object) old);
            // A correction goes to who was reached, and answers what was told there, also when nothing else says so any
            // more.
            sql.update("""
                    update ledger w set reached = true from ledger l
                    where l.notification_id = any (?::uuid[]) and (l.state = 'delivered' or l.reached)
                      and w.notification_id = l.taken_back_by and w.destination = l.destination
                    """, (Object) old);
            // Only then, for a correction that failed may go together with what it was to take back.
            sql.update("""
                    update told_channel c set reached = true from notification n join ledger l using (notification_id)
                    where n.notification_id = any (?::uuid[]) and l.taken_back_by is null and not n.corrects
                      and (n.kind <> 'withdrawn' and l.state = 'delivered'
                        or n.kind = 'withdrawn' and l.state = 'failed' and l.reached)
                      and c.incident_id = n.incident_id and c.audience = n.audience and c.destination = l.destination
                    """, (Object) old);
            sql.update("""
                    update told_channel c set mail = l.carried_by from notification n join ledger l using (notification_id)
                    where n.notification_id = any (?::uuid[]) and l.carried_by is not null
                      and c.incident_id = n.incident_id and c.audience = n.audience and c.destination = l.destination
                      and c.notification_id = l.notification_id
                    """, (Object) old);
            sql.update("delete from ledger where notification_id = any (?::uuid[])", (Object) old);
            return sql.update("delete from notification where notification_id = any (?::uuid[])", (Object) old);
        });
    }

    /** Ids of matches that waited; repeats of them come no more. */
    int removeDecided(Instant before, int most) {
        return sql.update("""
                delete from late_decided where ctid = any (array(select ctid from late_decided where decided_at < ? limit ?))
                """, before, most);
    }

    /** What events and confirmations asked for: no topic keeps it for longer, and it may name people. */
    int removeRequests(Instant before, int most) {
        return sql.update("""
                delete from kept_request where ctid = any (array(select ctid from kept_request where kept_at < ? limit ?))
                """, before, most);
    }

    int removeAudit(Instant before, int most) {
        return sql.update("""
                delete from audit where ctid = any (array(select ctid from audit where changed_at < ? limit ?))
                """, before, most);
    }

    int removeTold(Instant before, int most) {
        return sql.update("""
                delete from told where ctid = any (array(select ctid from told where told_at < ? limit ?))
                """, before, most);
    }

    /**
     * That an audience knows of an incident, and where it was told, with its addresses: once nothing is left of what it was told. It would hear of a first download
     * as of one more.
     */
    int removeKnown(Instant before, int most) {
        List<Known> old = sql.query(
                """
                select incident_id, audience from told_incident i where told_at < ? and not exists (
                  select 1 from told t where t.incident_id = i.incident_id and t.audience = i.audience) limit ?
                """, row -> new Known(row.getObject(1, UUID.class), Audience.parse(row.getString(2))), before, most);
        old.forEach(known -> sql.inTransaction(() -> {
            // Whoever tells it of something new has done so, or will find that it knows nothing.
            incidents.lock(known.audience());
            for (String table : List.of("told_incident", "told_channel")) {
                sql.update(
                        """
                        delete from %s i where incident_id = ? and audience = ? and not exists (
                          select 1 from told t where t.incident_id = i.incident_id and t.audience = i.audience)
                        """.formatted(table), known.incident(), known.audience().text());
            }
        }));
        return old.size();
    }

    int removeConfirmationMails(Instant before, int most) {
        return sql.update("""
                delete from confirmation_mail
                where ctid = any (array(select ctid from confirmation_mail where sent_at < ? limit ?))
                """, before, most);
    }

    /** Those that are over. */
    int removeCampaigns(Instant before, int most) {
        return sql.update("""
                delete from campaign where audience = any (array(
                  select audience from campaign where open_until < ? limit ? for update skip locked))
                """, before, most);
    }

    int removeUnconfirmed(Instant before, int most) {
        return sql.update("""
                delete from allowed_address where ctid = any (array(
                  select ctid from allowed_address where confirmed_at is null and requested_at < ? limit ?))
                """, before, most);
    }

    /** Adds up what the counters hold. Whoever looks at the same time sees the same sums. */
    void addUp() {
        sql.update("""
                with gone as (delete from ledger_tally returning counted, rows)
                insert into ledger_tally select counted, sum(rows) from gone group by counted
                """);
    }
}
