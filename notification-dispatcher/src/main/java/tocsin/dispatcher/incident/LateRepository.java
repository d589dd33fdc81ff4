package tocsin.dispatcher.incident;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.AdvisoryMatched;

/**
 * Matches of late downloads that wait for each other. A match that waits already does not wait twice, and one that was decided never waits again. There
 * may be very many of one audience, each with a whole advisory, so they are read one after the other and never held together.
 */
@Singleton
public final class LateRepository {

    private static final MessageCodec<AdvisoryMatched> CODEC = MessageCodec.of(AdvisoryMatched.class);
    private static final String OF_DUE =
            " from late_match where incident_id = ? and audience = ? order by due_at, match_id";

    private static final Comparator<Match> MOST_SEVERE_FIRST = Comparator.comparing(
                    Match::advisory,
                    Comparator.comparing(Advisory::severity, Comparator.comparingInt(SeverityRank::of)))
            .reversed()
            .thenComparing(match -> match.advisory().id())
            .thenComparing(match -> match.advisory().feed());

    private record AdvisoryName(String feed, String id) {

        static AdvisoryName of(Advisory advisory) {
            return new AdvisoryName(advisory.feed(), advisory.id());
        }
    }

    /** Something that is due. */
    public record Due(UUID incident, Audience audience) {}

    /** Where in {@code advisory.matched} a match came from. */
    public record Origin(int partition, long offset) {

        /** Of what waited before origins were kept. */
        static final Origin UNKNOWN = new Origin(-1, -1);
    }

    /**
     * One that waits.
     *
     * @param bytes as it came, but for people who were erased since
     */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares them.
    public record Waiting(UUID matchId, byte[] bytes, Origin origin) {

        boolean isReadable() {
            try {
                MatchReader.read(bytes);
                return true;
            } catch (UndecodableMessageException | IllegalArgumentException _) {
                return false;
            }
        }

        @Override
        public String toString() {
            return "Waiting[" + matchId + "]";
        }
    }

    private final SqlClient sql;
    private final IncidentRepository incidents;

    LateRepository(SqlClient sql, IncidentRepository incidents) {
        this.sql = sql;
        this.incidents = incidents;
    }

    /** @param due when it goes, unless others of the same incident and audience wait already: it goes with them */
    public void add(UUID incident, Match match, byte[] bytes, Origin origin, Instant due) {
        sql.update(
                """
                insert into late_match (match_id, incident_id, audience, match, source_partition, source_offset, due_at)
                select ?, ?, ?, ?, ?, ?, coalesce(
                  (select min(due_at) from late_match where audience = ? and incident_id = ?), ?)
                on conflict (match_id) do nothing
                """,
                match.id(),
                incident,
                match.audience().text(),
                bytes,
                origin.partition(),
                origin.offset(),
                match.audience().text(),
                incident,
                due);
    }

    public List<Due> due(Instant now, int most) {
        return sql.query(
                "select incident_id, audience from late_match where due_at <= ? group by 1, 2 order by min(due_at)"
                        + " limit ?",
                row -> new Due(row.getObject(1, UUID.class), Audience.parse(row.getString(2))),
                now,
                most);
    }

    /** The one that came first, if any waits still. */
    public Optional<Match> first(Due due) {
        return sql.first(
                "select match" + OF_DUE + " limit 1",
                row -> MatchReader.read(row.getBytes(1)),
                due.incident(),
                due.audience().text());
    }

    /**
     * What waits, of each advisory as one, see {@link Gathering}; the most severe first, so that of a download that several advisories name the others have
     * nothing new to tell. An advisory never speaks for another of its incident: that may stand while this one is withdrawn, be rated otherwise, and be
     * mended by another version. At least one must wait. Belongs in a transaction.
     */
    public List<Match> together(Due due) {
        Map<AdvisoryName, Gathering> gatherings = new HashMap<>();
        each(due, waiting -> {
            Match match = MatchReader.read(waiting.bytes());
            gatherings
                    .computeIfAbsent(AdvisoryName.of(match.advisory()), _ -> new Gathering())
                    .add(match);
        });
        return gatherings.values().stream()
                .map(Gathering::match)
                .sorted(MOST_SEVERE_FIRST)
                .toList();
    }

    /** They wait no more, and no repeat of them ever will; in the transaction that tells of them. */
    public void decided(Due due, Instant now) {
        sql.update("""
                with gone as (delete from late_match where incident_id = ? and audience = ? returning match_id)
                insert into late_decided (match_id, decided_at) select match_id, ? from gone
                on conflict (match_id) do nothing
                """, due.incident(), due.audience().text(), now);
    }

    /** Whether it waited and was decided, alone or together with others. */
    public boolean wasDecided(UUID match) {
        return sql.first("select 1 from late_decided where match_id = ?", row -> true, match)
                .isPresent();
    }

    /**
     * Takes away what cannot be told: those that cannot be read, so that the others may be told without them, or all if each can be read. A repeat of them
     * waits again.
     *
     * @param to keeps it durably when it returns; if it throws, all wait still
     */
    public void setAside(Due due, Consumer<Waiting> to) {
        sql.inTransaction(() -> {
            incidents.lock(due.audience());
            Set<UUID> unreadable = new HashSet<>();
            each(due, waiting -> {
                if (!waiting.isReadable()) {
                    unreadable.add(waiting.matchId());
                }
            });
            List<UUID> gone = new ArrayList<>();
            each(due, waiting -> {
                if (unreadable.isEmpty() || unreadable.contains(waiting.matchId())) {
                    to.accept(waiting);
                    gone.add(waiting.matchId());
                }
            });
            sql.update("delete from late_match where match_id = any (?::uuid[])", (Object)
                    gone.stream().map(UUID::toString).toArray(String[]::new));
        });
    }

    /** Takes the subject out of what waits. @return how many rows are changed or gone */
    public int erase(ErasureSubject subject, Instant by) {
        List<String> audiences = switch (subject) {
            case ErasureSubject.OfOrganisation of -> List.of(of.organisation().text());
            case ErasureSubject.OfToken of -> List.of(of.token().text());
            case ErasureSubject.OfEmail _ ->
                sql.query("select distinct audience from late_match", row -> row.getString(1));
        };
        int rows = 0;
        for (String audience : audiences) {
            rows += sql.inTransaction(() -> {
                // Else one might be told with the subject while it is rewritten.
                incidents.lock(Audience.parse(audience));
                List<UUID> changed = new ArrayList<>();
                sql.each(
                        "select * from late_match where audience = ?",
                        row -> {
                            if (erase(subject, by, waiting(row))) {
                                changed.add(row.getObject("match_id", UUID.class));
                            }
                        },
                        audience);
                return changed.size();
            });
        }
        return rows;
    }

    private boolean erase(ErasureSubject subject, Instant by, Waiting waiting) {
        AdvisoryMatched match;
        try {
            match = CODEC.decode(waiting.bytes());
        } catch (UndecodableMessageException _) {
            // Whoever tells of it meets it again, and quarantines it.
            return false;
        }
        AdvisoryMatched without = ErasedMatch.without(subject, by, match);
        if (without.equals(match)) {
            return false;
        }
        if (without.getDownloads().isEmpty()) {
            sql.update("delete from late_match where match_id = ?", waiting.matchId());
        } else {
            sql.update("update late_match set match = ? where match_id = ?", CODEC.encode(without), waiting.matchId());
        }
        return true;
    }

    private void each(Due due, Consumer<Waiting> consumer) {
        sql.each(
                "select *" + OF_DUE,
                row -> consumer.accept(waiting(row)),
                due.incident(),
                due.audience().text());
    }

    private static Waiting waiting(ResultSet row) throws SQLException {
        int partition = row.getInt("source_partition");
        Origin origin = row.wasNull() ? Origin.UNKNOWN : new Origin(partition, row.getLong("source_offset"));
        return new Waiting(row.getObject("match_id", UUID.class), row.getBytes("match"), origin);
    }
}
