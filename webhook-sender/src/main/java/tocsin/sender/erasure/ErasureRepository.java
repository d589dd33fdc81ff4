package tocsin.sender.erasure;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.parking.PersonalData;

/** The table {@code erasure}: who was erased of late, by nothing but a hash. */
@Singleton
final class ErasureRepository implements PersonalData {

    /** As long as {@code privacy.erasure} keeps them. One goes when the next comes after that. */
    static final Duration REMEMBERED = Duration.ofDays(30);

    private static final String LOCK = "(hashtextextended(current_schema() || '.erasure', 0))";

    private final DatabaseClient database;
    private final Clock clock;

    ErasureRepository(DatabaseClient database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** From here on no request is kept that names the subject for a download of that time or before. */
    void remember(String subject, Instant requestedAt) {
        database.inTransaction(connection -> {
            // Whoever is keeping a request without knowing of this one ends first, and then that is there to be found.
            lock(connection, "pg_advisory_xact_lock");
            Instant now = clock.instant();
            try (PreparedStatement delete = connection.prepareStatement("delete from erasure where remembered_at < ?");
                    PreparedStatement upsert = connection.prepareStatement("""
                            insert into erasure (subject, requested_at, remembered_at) values (?, ?, ?)
                            on conflict (subject) do update
                            set requested_at = greatest(erasure.requested_at, excluded.requested_at),
                                remembered_at = excluded.remembered_at
                            """)) {
                delete.setObject(1, utc(now.minus(REMEMBERED)));
                delete.executeUpdate();
                upsert.setString(1, subject);
                upsert.setObject(2, utc(requestedAt));
                upsert.setObject(3, utc(now));
                return upsert.executeUpdate();
            }
        });
    }

    @Override
    public Kept withoutErased(byte[] request) {
        return withoutErased(List.of(request)).getFirst();
    }

    @Override
    public List<Kept> withoutErased(List<byte[]> requests) {
        List<Set<String>> named = requests.stream().map(ErasedRequest::subjects).toList();
        Set<String> all = named.stream().flatMap(Set::stream).collect(Collectors.toSet());
        Map<String, Instant> erased = all.isEmpty() ? Map.of() : erased(all);
        List<Kept> kept = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            byte[] request = requests.get(i);
            Set<String> subjects = named.get(i);
            kept.add(ErasedRequest.without(erased, request)
                    .map(rest -> new Kept(rest, ErasedRequest.subjects(rest)))
                    .orElseGet(() -> new Kept(request, subjects)));
        }
        return kept;
    }

    /** Those of them who were erased, and when they asked for it. None is added until the transaction ends. */
    private Map<String, Instant> erased(Set<String> subjects) {
        return database.inTransaction(connection -> {
            lock(connection, "pg_advisory_xact_lock_shared");
            try (PreparedStatement query =
                    connection.prepareStatement("select subject, requested_at from erasure where subject = any (?)")) {
                query.setArray(1, connection.createArrayOf("text", subjects.toArray()));
                Map<String, Instant> erased = new HashMap<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        erased.put(
                                row.getString(1),
                                row.getObject(2, OffsetDateTime.class).toInstant());
                    }
                }
                return erased;
            }
        });
    }

    /** In a statement of its own: what the next one sees includes whatever it had to wait for. */
    private static void lock(Connection connection, String function) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select " + function + LOCK);
        }
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
