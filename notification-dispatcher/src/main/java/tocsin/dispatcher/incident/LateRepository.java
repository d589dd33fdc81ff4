package tocsin.dispatcher.incident;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;

/** Matches of late downloads that wait for each other. A match that waits already does not wait twice. */
@Singleton
public final class LateRepository {

    /** Something that is due. */
    public record Due(UUID incident, Audience audience) {}

    private final SqlClient sql;

    LateRepository(SqlClient sql) {
        this.sql = sql;
    }

    /** @param due when it goes, unless others of the same incident and audience wait already: it goes with them */
    public void add(UUID incident, Match match, byte[] bytes, Instant due) {
        sql.update(
                """
                insert into late_match (match_id, incident_id, audience, match, due_at)
                select ?, ?, ?, ?, coalesce(
                  (select min(due_at) from late_match where audience = ? and incident_id = ?), ?)
                on conflict (match_id) do nothing
                """,
                match.id(),
                incident,
                match.audience().text(),
                bytes,
                match.audience().text(),
                incident,
                due);
    }

    public List<Due> due(Instant now, int most) {
        return sql.query(
                "select incident_id, audience from late_match where due_at <= ? group by 1, 2 order by min(due_at) limit ?",
                row -> new Due(row.getObject(1, UUID.class), Audience.parse(row.getString(2))),
                now,
                most);
    }

    /** The first that came first. */
    public List<Match> waiting(Due due) {
        return sql.query(
                "select match from late_match where incident_id = ? and audience = ? order by due_at, match_id",
                row -> MatchReader.read(row.getBytes(1)),
                due.incident(),
                due.audience().text());
    }

    /** In the transaction that tells of it. */
    public void remove(Due due) {
        sql.update(
                "delete from late_match where incident_id = ? and audience = ?",
                due.incident(),
                due.audience().text());
    }
}
