package tocsin.dispatcher.incident;

import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;

/** Incidents that are withdrawn as a whole, until everybody who was told of them knows. */
@Singleton
public final class TakeBackRepository {

    /**
     * @param match that which said so
     * @param advisory the last that was withdrawn
     */
    public record Due(UUID incident, UUID match, Advisory advisory) {}

    private final SqlClient sql;

    TakeBackRepository(SqlClient sql) {
        this.sql = sql;
    }

    /**
     * Does nothing if nobody is left who was told, or if it waits already. After {@link IncidentRepository#lock(UUID)}.
     *
     * @param bytes the match as it came
     */
    public void add(UUID incident, Match match, byte[] bytes) {
        if (!told(incident, "", 1).isEmpty()) {
            sql.update("""
                    insert into take_back (incident_id, match_id, advisory) values (?, ?, ?)
                    on conflict (incident_id) do nothing
                    """, incident, match.id(), MatchReader.advisoryOf(bytes));
        }
    }

    /** @param after those of a page before; empty for the first */
    public List<UUID> waiting(Optional<UUID> after, int most) {
        return sql.query(
                "select incident_id from take_back where coalesce(incident_id > ?::uuid, true) order by incident_id limit ?",
                row -> row.getObject(1, UUID.class),
                after,
                most);
    }

    /** @return empty if it waits no more */
    public Optional<Due> find(UUID incident) {
        return sql.first(
                "select match_id, advisory from take_back where incident_id = ?",
                row -> new Due(incident, row.getObject(1, UUID.class), MatchReader.advisory(row.getBytes(2))),
                incident);
    }

    /**
     * Who still believes in the incident.
     *
     * @param after the last of a page before; empty for the first
     */
    public List<Audience> told(UUID incident, String after, int most) {
        return sql.query(
                "select audience from told_incident where incident_id = ? and audience > ? order by audience limit ?",
                row -> Audience.parse(row.getString(1)),
                incident,
                after,
                most);
    }

    /**
     * Waits no more, once nobody is left or an advisory of it stands. After {@link IncidentRepository#lock(UUID)}.
     *
     * @param but audiences that are not waited for, as text
     */
    public void removeEnded(UUID incident, Collection<String> but) {
        sql.update("""
                delete from take_back t where incident_id = ? and (
                  not exists (select 1 from told_incident i where i.incident_id = t.incident_id and i.audience <> all (?))
                  or exists (select 1 from incident_advisory a
                    where a.incident_id = t.incident_id and a.withdrawn_at is null and not a.narrowed))
                """, incident, but.toArray(String[]::new));
    }

    /** Waits no more, whoever is left. */
    public void remove(UUID incident) {
        sql.update("delete from take_back where incident_id = ?", incident);
    }
}
