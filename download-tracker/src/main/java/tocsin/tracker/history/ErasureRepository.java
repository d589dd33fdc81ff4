package tocsin.tracker.history;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.RecordKeys;
import tocsin.tracker.identity.PrincipalMessage;

/** Keeps erasures in the table {@code erasure}. */
final class ErasureRepository {

    /**
     * As long as {@code privacy.erasure} keeps them, and a reserve: until then topics may bring older downloads at any moment. After it only a log that
     * somebody ships late does, and for those a hash of the subject is enough.
     */
    static final Duration BY_NAME = Duration.ofDays(40);

    /** More than the clocks of two instances differ by. */
    private static final Duration RESERVE = Duration.ofDays(1);

    /** What {@link #erasure} reads. */
    static final String SUBJECT = "erasure_id, requested_at, org_id, principal_id, token_id, email_hash";

    private static final String LOCK = "(hashtextextended(current_schema() || '.erasure', 0))";

    private final HistoryDatabaseClient database;
    private final Clock clock;

    ErasureRepository(HistoryDatabaseClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** @param doneAt empty while rows may be left */
    record Progress(String id, String kind, Instant requestedAt, Optional<Instant> doneAt, long erasedRows) {}

    /** From here on no row of the subject is stored. One that is asked for again reaches to its later time, and is done anew. */
    void remember(Erasure erasure) throws SQLException {
        database.inTransaction(connection -> {
            try (Statement lock = connection.createStatement()) {
                // Whoever is storing rows without knowing of this one ends first, and then they are there to be erased.
                lock.execute("select pg_advisory_xact_lock" + LOCK);
            }
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into erasure (erasure_id, requested_at, kind, org_id, principal_id, token_id, email_hash, subject_hash)
                    values (?, ?, ?, ?, ?, ?, ?, ?)
                    on conflict (erasure_id) do update
                    set requested_at = excluded.requested_at, org_id = excluded.org_id, principal_id = excluded.principal_id,
                        token_id = excluded.token_id, email_hash = excluded.email_hash, subject_hash = excluded.subject_hash, done_at = null,
                        cursor_day = null, cursor_email = null, cursor_fetched_at = null, cursor_event_id = null
                    where excluded.requested_at > erasure.requested_at
                    """)) {
                insert.setString(1, erasure.id());
                insert.setObject(2, DownloadPageRepository.time(erasure.requestedAt()));
                insert.setString(3, erasure.kind());
                @Nullable String[] subject = columns(erasure.subject());
                for (int i = 0; i < subject.length; i++) {
                    insert.setString(4 + i, subject[i]);
                }
                insert.setString(8, RecordKeys.privacyErasure(erasure.subject()));
                return insert.executeUpdate();
            }
        });
    }

    private static @Nullable String[] columns(ErasureSubject subject) {
        return switch (subject) {
            case ErasureSubject.OfOrganisation(Audience.Organisation organisation, String principalId) ->
                new @Nullable String[] {organisation.orgId(), principalId, null, null};
            case ErasureSubject.OfToken(Audience.Token token) ->
                new @Nullable String[] {null, null, token.tokenId(), null};
            case ErasureSubject.OfEmail(String hash) -> new @Nullable String[] {null, null, null, hash};
        };
    }

    Optional<Progress> find(String id) throws SQLException {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(
                    "select erasure_id, kind, requested_at, done_at, erased_rows from erasure where erasure_id = ?")) {
                query.setString(1, id);
                try (ResultSet row = query.executeQuery()) {
                    if (!row.next()) {
                        return Optional.empty();
                    }
                    return Optional.of(new Progress(
                            row.getString(1),
                            row.getString(2),
                            row.getObject(3, OffsetDateTime.class).toInstant(),
                            Optional.ofNullable(row.getObject(4, OffsetDateTime.class))
                                    .map(OffsetDateTime::toInstant),
                            row.getLong(5)));
                }
            }
        });
    }

    /** What these rows must obey that are about to be stored. None is added until the transaction ends. */
    static List<Erasure> standing(Connection connection, Collection<HistoryRow> rows, Instant now) throws SQLException {
        List<Erasure> standing = standing(connection);
        Instant named = now.minus(BY_NAME).plus(RESERVE);
        Map<String, ErasureSubject> subjects = new HashMap<>();
        for (HistoryRow row : rows) {
            // Hardly ever: nothing else is as old as an erasure that is known by its hash only.
            if (row.fetchedAt().isBefore(named) || row.receivedAt().isBefore(named)) {
                ErasureSubject.subjectsOf(row.audience().text(), PrincipalMessage.write(row.principal()))
                        .forEach(subject -> subjects.put(RecordKeys.privacyErasure(subject), subject));
            }
        }
        if (!subjects.isEmpty()) {
            standing.addAll(byHash(connection, subjects));
        }
        return standing;
    }

    private static List<Erasure> byHash(Connection connection, Map<String, ErasureSubject> subjects)
            throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "select erasure_id, requested_at, subject_hash from erasure where subject_hash = any (?)")) {
            query.setArray(1, connection.createArrayOf("text", subjects.keySet().toArray()));
            List<Erasure> found = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    found.add(new Erasure(
                            row.getString(1),
                            row.getObject(2, OffsetDateTime.class).toInstant(),
                            Objects.requireNonNull(subjects.get(row.getString(3)))));
                }
            }
            return found;
        }
    }

    /** Those that are known by name. None is added until the transaction ends. */
    static List<Erasure> standing(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_xact_lock_shared" + LOCK);
            List<Erasure> standing = new ArrayList<>();
            try (ResultSet row = statement.executeQuery(
                    "select " + SUBJECT + " from erasure where coalesce(org_id, token_id, email_hash) is not null")) {
                while (row.next()) {
                    standing.add(erasure(row));
                }
            }
            return standing;
        }
    }

    /** @param row of {@link #SUBJECT} */
    static Erasure erasure(ResultSet row) throws SQLException {
        return new Erasure(
                row.getString(1),
                row.getObject(2, OffsetDateTime.class).toInstant(),
                subject(row.getString(3), row.getString(4), row.getString(5), row.getString(6)));
    }

    private static ErasureSubject subject(
            @Nullable String orgId,
            @Nullable String principalId,
            @Nullable String tokenId,
            @Nullable String emailHash) {
        if (tokenId != null) {
            return new ErasureSubject.OfToken(new Audience.Token(tokenId));
        }
        if (emailHash != null) {
            return new ErasureSubject.OfEmail(emailHash);
        }
        return new ErasureSubject.OfOrganisation(
                new Audience.Organisation(String.valueOf(orgId)), String.valueOf(principalId));
    }

    /** The subjects of erasures are personal data themselves. What stays can only be told by who meets them again. */
    void forgetSubjects() throws SQLException {
        database.inTransaction(connection -> {
            try (PreparedStatement forget = connection.prepareStatement("""
                    update erasure set org_id = null, principal_id = null, token_id = null, email_hash = null
                    where done_at is not null and requested_at < ? and coalesce(org_id, token_id, email_hash) is not null
                    """)) {
                forget.setObject(1, DownloadPageRepository.time(clock.instant().minus(BY_NAME)));
                return forget.executeUpdate();
            }
        });
    }
}
