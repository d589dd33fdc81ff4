package tocsin.dispatcher.incident;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.Severity;

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

    /** Whether all of an incident is withdrawn is asked by one at a time, or two that withdraw its last two advisories would each find the other's live. */
    public void lock(UUID incident) {
        sql.lock("incident " + incident);
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
                insert into told (incident_id, audience, event_id, notification_id, told_at, version)
                select ?, audience, event_id, notification_id, told_at, version from told where incident_id = ?
                on conflict (incident_id, audience, event_id) do nothing
                """, into, from);
        sql.update("delete from told where incident_id = ?", from);
        // Before the channels: retention, which moves facts from notifications to them, takes them in this order too.
        sql.update("update notification set incident_id = ? where incident_id = ?", into, from);
        mergeWhatIsKnown(from, into);
        sql.update("update incident_alias set incident_id = ? where incident_id = ?", into, from);
        sql.update("update incident_advisory set incident_id = ? where incident_id = ?", into, from);
        sql.update("delete from incident where incident_id = ?", from);
    }

    private void mergeWhatIsKnown(UUID from, UUID into) {
        sql.update("""
                insert into told_incident (incident_id, audience, severity, told_at)
                select ?, audience, severity, told_at from told_incident where incident_id = ?
                on conflict (incident_id, audience) do update
                set severity = case when array_position(array['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'], excluded.severity)
                    > array_position(array['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'], told_incident.severity)
                    then excluded.severity else told_incident.severity end
                """, into, from);
        sql.update("delete from told_incident where incident_id = ?", from);
        sql.update("""
                insert into told_channel
                  (incident_id, audience, destination, address, recipient, language, notification_id, mail, reached)
                select ?, audience, destination, address, recipient, language, notification_id, mail, reached
                from told_channel where incident_id = ?
                on conflict (incident_id, audience, destination) do update
                set reached = told_channel.reached or excluded.reached
                """, into, from);
        sql.update("delete from told_channel where incident_id = ?", from);
        sql.update("""
                insert into take_back (incident_id, match_id, advisory)
                select ?, match_id, advisory from take_back where incident_id = ?
                on conflict (incident_id) do nothing
                """, into, from);
        sql.update("delete from take_back where incident_id = ?", from);
        sql.update("update late_match set incident_id = ? where incident_id = ?", into, from);
    }

    /**
     * Keeps the newest revision of the advisory and tells what the audience knows of these downloads.
     *
     * @param nextHolder the audience's address, if it was another's before: what was told at that one's address was not told to this one
     */
    public Memory remember(
            UUID incident,
            Advisory advisory,
            Audience audience,
            Optional<String> nextHolder,
            List<Download> downloads) {
        boolean current = keepNewest(incident, advisory);
        Optional<Severity> severity = knownSeverity(incident, audience);
        if (severity.isEmpty()
                || nextHolder
                        .filter(it -> wasToldElsewhere(it, incident, audience))
                        .isPresent()) {
            return new Memory(Set.of(), Set.of(), Optional.empty(), current);
        }
        Set<String> told = Set.copyOf(sql.query(
                "select event_id from told where incident_id = ? and audience = ? and event_id = any (?)",
                row -> row.getString(1),
                incident,
                audience.text(),
                downloads.stream().map(Download::eventId).toArray(String[]::new)));
        Set<String> versions = Set.copyOf(sql.query(
                "select distinct version from told where incident_id = ? and audience = ? and version is not null",
                row -> row.getString(1),
                incident,
                audience.text()));
        return new Memory(told, versions, severity, current);
    }

    private boolean wasToldElsewhere(String address, UUID incident, Audience audience) {
        return sql.first(
                        "select 1 from told_channel where incident_id = ? and audience = ? and recipient is distinct from ? limit 1",
                        row -> true,
                        incident,
                        audience.text(),
                        RecordKeys.emailRecipient(address))
                .isPresent();
    }

    /**
     * Nearly always the revision is known already, from the match of another audience; to write it again would let all of them wait for each other.
     *
     * @return whether the newest revision that we know still affects the package
     */
    private boolean keepNewest(UUID incident, Advisory advisory) {
        Optional<Boolean> affects = affectsAtLeastAsNew(advisory);
        if (affects.isPresent()) {
            return affects.get();
        }
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
        // Somebody may have written a newer one meanwhile.
        return affectsAtLeastAsNew(advisory).orElse(false);
    }

    /** Whoever withdraws it waits until this transaction ends, and then finds whom it told. @return empty if we know of none, or of an older one */
    private Optional<Boolean> affectsAtLeastAsNew(Advisory advisory) {
        return sql.first(
                """
                select withdrawn_at is null and not narrowed from incident_advisory
                where package_key = ? and feed = ? and advisory_id = ? and revision >= ? for share
                """,
                row -> row.getBoolean(1),
                advisory.packageKey().text(),
                advisory.feed(),
                advisory.id(),
                advisory.revision());
    }

    /** @return the highest that the audience was told; empty where it knows of nothing that still counts */
    private Optional<Severity> knownSeverity(UUID incident, Audience audience) {
        return sql.first(
                "select severity from told_incident where incident_id = ? and audience = ?",
                row -> Severity.valueOf(row.getString(1)),
                incident,
                audience.text());
    }

    /** Whether all advisories of the incident that we heard of are withdrawn or name the package no more. */
    public boolean isWithdrawn(UUID incident) {
        return sql.first("""
                        select 1 from incident_advisory
                        where incident_id = ? and withdrawn_at is null and not narrowed limit 1
                        """, row -> true, incident).isEmpty();
    }

    /** Whether the audience believes that something of the incident is affected. */
    public boolean knows(UUID incident, Audience audience) {
        return knownSeverity(incident, audience).isPresent();
    }

    /** From now on the audience knows of these downloads. */
    public void tell(
            UUID incident, Audience audience, UUID notification, Severity severity, Collection<Download> downloads) {
        Severity highest = knownSeverity(incident, audience)
                .map(known -> SeverityRank.higher(known, severity))
                .orElse(severity);
        sql.update("""
                insert into told_incident (incident_id, audience, severity, told_at) values (?, ?, ?, ?)
                on conflict (incident_id, audience) do update set severity = excluded.severity
                """, incident, audience.text(), highest.name(), clock.instant());
        sql.update(
                """
                insert into told (incident_id, audience, event_id, version, notification_id, told_at)
                select ?, ?, id, version, ?, ? from unnest(?, ?) as downloads (id, version)
                on conflict (incident_id, audience, event_id) do nothing
                """,
                incident,
                audience.text(),
                notification,
                clock.instant(),
                downloads.stream().map(Download::eventId).toArray(String[]::new),
                downloads.stream().map(Download::version).toArray(String[]::new));
    }

    /** From now on the audience knows that there are more downloads than it was told of, of any of these versions; after {@link #tell}. */
    public void tellOfMore(UUID incident, Audience audience, UUID notification, Collection<String> versions) {
        sql.update("""
                insert into told (incident_id, audience, event_id, version, notification_id, told_at)
                select ?, ?, 'more of version ' || version, version, ?, ? from unnest(?) as versions (version)
                on conflict (incident_id, audience, event_id) do nothing
                """, incident, audience.text(), notification, clock.instant(), versions.toArray(String[]::new));
    }

    /** Keeps in mind where it was told; of an address the last, of notifications the first, of mails the first to that address. */
    public void toldAt(UUID incident, Audience audience, ToldChannel channel) {
        told(incident, audience, channel, """
                update
                set address = excluded.address, recipient = excluded.recipient, language = excluded.language,
                  notification_id = case when told_channel.address <> excluded.address
                    then excluded.notification_id else told_channel.notification_id end,
                  mail = case when told_channel.address <> excluded.address then null else told_channel.mail end
                """);
    }

    /** What was told there is not taken back after all; of a destination that was told anew, the newer notification stays the first. */
    public void toldStill(UUID incident, Audience audience, ToldChannel channel) {
        told(incident, audience, channel, "update set reached = told_channel.reached or excluded.reached");
    }

    /** @param known what to do where it was told there already; of ours */
    private void told(UUID incident, Audience audience, ToldChannel channel, String known) {
        sql.update(
                """
                insert into told_channel
                  (incident_id, audience, destination, address, recipient, language, notification_id, mail, reached)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (incident_id, audience, destination) do %s
                """.formatted(known),
                incident,
                audience.text(),
                channel.destination(),
                channel.address(),
                channel.address().map(RecordKeys::emailRecipient),
                channel.language(),
                channel.first(),
                channel.mail(),
                channel.reached());
    }

    public List<ToldChannel> toldWhere(UUID incident, Audience audience) {
        return sql.query(
                "select * from told_channel where incident_id = ? and audience = ? order by destination",
                row -> new ToldChannel(
                        row.getString("destination"),
                        Optional.ofNullable(row.getString("address")),
                        Optional.ofNullable(row.getString("language")),
                        row.getObject("notification_id", UUID.class),
                        Optional.ofNullable(row.getObject("mail", UUID.class)),
                        row.getBoolean("reached")),
                incident,
                audience.text());
    }

    /** From now on the audience believes that nothing of the incident is affected, as if it had never been told. */
    public void takeBack(UUID incident, Audience audience) {
        for (String table : List.of("told", "told_channel", "told_incident")) {
            sql.update("delete from " + table + " where incident_id = ? and audience = ?", incident, audience.text());
        }
    }
}
