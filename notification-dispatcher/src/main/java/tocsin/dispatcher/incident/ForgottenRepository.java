package tocsin.dispatcher.incident;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.RecordKeys;

/** Who asked to be forgotten of late, by nothing but a hash, so that what comes after the erasure names them no more either. */
@Singleton
public final class ForgottenRepository {

    /** Longer than any topic and any quarantine keeps what names them. One goes when the next comes after that. */
    static final Duration REMEMBERED = Duration.ofDays(40);

    private static final String LOCK = "erasures";

    private final SqlClient sql;
    private final Clock clock;

    ForgottenRepository(SqlClient sql, Clock clock) {
        this.sql = sql;
        this.clock = clock;
    }

    /**
     * When this returns, whatever is told from then on obeys it; what was written before is there to be found.
     *
     * @return since when it does: of a repeat, when it first did
     */
    public Instant remember(ErasureSubject subject, Instant requestedAt) {
        return sql.inTransaction(() -> {
            // Whoever is telling of a match without knowing of this one ends first.
            sql.lock(LOCK);
            Instant now = clock.instant();
            sql.update("delete from erasure where remembered_at < ?", now.minus(REMEMBERED));
            return sql.first(
                            """
                            insert into erasure (subject, requested_at, remembered_at) values (?, ?, ?)
                            on conflict (subject) do update
                            set requested_at = greatest(erasure.requested_at, excluded.requested_at),
                              remembered_at = case when erasure.requested_at < excluded.requested_at
                                then excluded.remembered_at else erasure.remembered_at end
                            returning remembered_at
                            """,
                            row -> SqlClient.instant(row, "remembered_at"),
                            RecordKeys.privacyErasure(subject),
                            requestedAt,
                            now)
                    .orElseThrow();
        });
    }

    /**
     * Those of whom a match names who were erased, and by when. None is added until the transaction ends: ask before any other lock is taken, or whoever adds one
     * and who holds that lock would wait for each other.
     */
    public Map<ErasureSubject, Instant> namedBy(Match match) {
        sql.lockShared(LOCK);
        Map<String, ErasureSubject> named = new LinkedHashMap<>();
        for (Download download : match.downloads()) {
            ErasureSubject.subjectsOf(match.audience().text(), MatchWriter.principal(download.principal()))
                    .forEach(it -> named.put(RecordKeys.privacyErasure(it), it));
        }
        Map<ErasureSubject, Instant> erased = new HashMap<>();
        if (!named.isEmpty()) {
            sql.query(
                    "select subject, requested_at from erasure where subject = any (?)",
                    row -> erased.put(named.get(row.getString(1)), SqlClient.instant(row, "requested_at")),
                    (Object) named.keySet().toArray(String[]::new));
        }
        return erased;
    }
}
