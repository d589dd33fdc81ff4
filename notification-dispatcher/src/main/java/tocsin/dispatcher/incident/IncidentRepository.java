package tocsin.dispatcher.incident;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;

/**
 * Incidents and what was told of them. Everything here belongs in the transaction that also writes the notification, after
 * {@link #lock(Audience)}.
 */
@Singleton
public final class IncidentRepository {

    private final SqlClient sql;
    private final Clock clock;

    IncidentRepository(SqlClient sql, Clock clock) {
        this.sql = sql;
        this.clock = clock;
    }

    /** Keeps every other instance from this audience until the transaction ends: during a rebalance two may have it. */
    public void lock(Audience audience) {
        sql.lock("audience " + audience.text());
    }

    /**
     * The incident that the advisory belongs to, found by a shared id on the same package, or a new one. An advisory that names ids of several
     * incidents makes them one, and whoever was told of one of them was told.
     */
    public UUID findOrCreate(Advisory advisory) {
        Set<String> ids = AliasGroup.of(advisory);
        String lock = "package " + advisory.packageKey().text();
        // Groups only ever grow, so what all lies in one incident stays so; whoever changes groups is alone with the
        // package.
        if (isOneIncident(known(advisory, ids), ids)) {
            sql.lockShared(lock);
        } else {
            sql.lock(lock);
        }
        Map<String, UUID> known = known(advisory, ids);
        if (isOneIncident(known, ids)) {
            return known.values().iterator().next();
        }
        List<UUID> incidents = oldestFirst(known);
        UUID incident = incidents.isEmpty() ? create(advisory) : incidents.getFirst();
        incidents.stream().skip(1).forEach(other -> merge(other, incident));
        sql.update("""
                insert into incident_alias (package_key, advisory_id, incident_id)
                select ?, id, ? from unnest(?) id
                on conflict (package_key, advisory_id) do nothing
                """, advisory.packageKey().text(), incident, ids.toArray(String[]::new));
        return incident;
    }

    private static boolean isOneIncident(Map<String, UUID> known, Set<String> ids) {
        return known.size() == ids.size() && known.values().stream().distinct().count() == 1;
    }

    private Map<String, UUID> known(Advisory advisory, Set<String> ids) {
        Map<String, UUID> known = new TreeMap<>();
        sql.query(
                "select advisory_id, incident_id from incident_alias where package_key = ? and advisory_id = any (?)",
                row -> known.put(row.getString(1), row.getObject(2, UUID.class)),
                advisory.packageKey().text(),
                ids.toArray(String[]::new));
        return known;
    }

    private List<UUID> oldestFirst(Map<String, UUID> known) {
        return sql.query(
                "select incident_id from incident where incident_id::text = any (?) order by created_at, incident_id",
                row -> row.getObject(1, UUID.class),
                (Object) known.values().stream().distinct().map(UUID::toString).toArray(String[]::new));
    }

    private UUID create(Advisory advisory) {
        UUID incident = UUID.randomUUID();
        sql.update(
                "insert into incident (incident_id, package_key, created_at) values (?, ?, ?)",
                incident,
                advisory.packageKey().text(),
                clock.instant());
        return incident;
    }

    private void merge(UUID from, UUID into) {
        sql.update("""
                insert into told (incident_id, audience, event_id, notification_id)
                select ?, audience, event_id, notification_id from told where incident_id = ?
                on conflict (incident_id, audience, event_id) do nothing
                """, into, from);
        sql.update("delete from told where incident_id = ?", from);
        sql.update("update incident_alias set incident_id = ? where incident_id = ?", into, from);
        sql.update("update incident_advisory set incident_id = ? where incident_id = ?", into, from);
        sql.update("update notification set incident_id = ? where incident_id = ?", into, from);
        sql.update("delete from incident where incident_id = ?", from);
    }

    /** Keeps the newest revision of the advisory and tells what the audience knows of these downloads. */
    public Memory remember(UUID incident, Advisory advisory, Audience audience, List<Download> downloads) {
        sql.update(
                """
                insert into incident_advisory
                  (package_key, feed, advisory_id, incident_id, revision, withdrawn_at, narrowed)
                values (?, ?, ?, ?, ?, ?, ?)
                on conflict (package_key, feed, advisory_id) do update
                set incident_id = excluded.incident_id, revision = excluded.revision,
                  withdrawn_at = excluded.withdrawn_at, narrowed = excluded.narrowed
                where incident_advisory.revision < excluded.revision
                """,
                advisory.packageKey().text(),
                advisory.feed(),
                advisory.id(),
                incident,
                advisory.revision(),
                advisory.withdrawnAt(),
                advisory.narrowed());
        boolean current = sql.first("""
                        select 1 from incident_advisory
                        where package_key = ? and feed = ? and advisory_id = ?
                          and (withdrawn_at is not null or narrowed)
                        """, row -> true, advisory.packageKey().text(), advisory.feed(), advisory.id())
                .isEmpty();
        Set<String> told = sql
                .query(
                        "select event_id from told where incident_id = ? and audience = ? and event_id = any (?)",
                        row -> row.getString(1),
                        incident,
                        audience.text(),
                        downloads.stream().map(Download::eventId).toArray(String[]::new))
                .stream()
                .collect(Collectors.toSet());
        boolean toldBefore = !told.isEmpty()
                || sql.first(
                                "select 1 from told where incident_id = ? and audience = ? limit 1",
                                row -> true,
                                incident,
                                audience.text())
                        .isPresent();
        return new Memory(told, toldBefore, current);
    }

    /** From now on the audience knows of these downloads. */
    public void tell(UUID incident, Audience audience, UUID notification, Set<String> eventIds) {
        sql.update("""
                insert into told (incident_id, audience, event_id, notification_id)
                select ?, ?, id, ? from unnest(?) id
                on conflict (incident_id, audience, event_id) do nothing
                """, incident, audience.text(), notification, eventIds.toArray(String[]::new));
    }
}
