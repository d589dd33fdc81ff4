package tocsin.sender.breaker;

import jakarta.inject.Singleton;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.sender.database.DatabaseClient;

/** The table {@code endpoint_health}. */
@Singleton
final class HealthRepository {

    private static final String COLUMNS = "failures, failing_since, opened_at, open_until, probing, last_failure_at";

    private final DatabaseClient database;

    HealthRepository(DatabaseClient database) {
        this.database = database;
    }

    /** By endpoint; without those whose last attempt went well. */
    Map<String, Health> find(Collection<String> endpointIds) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(
                    "select " + COLUMNS + ", endpoint_id from endpoint_health where endpoint_id = any (?)")) {
                query.setArray(1, connection.createArrayOf("text", endpointIds.toArray()));
                Map<String, Health> found = new HashMap<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        found.put(row.getString(7), health(row));
                    }
                }
                return found;
            }
        });
    }

    /** Nobody else changes it until the end of the transaction, also where there is none yet. */
    Optional<Health> findForUpdate(String endpointId) {
        return database.inTransaction(connection -> {
            try (PreparedStatement lock =
                    connection.prepareStatement("select pg_advisory_xact_lock(hashtextextended(?, 0))")) {
                lock.setString(1, "endpoint_health of " + endpointId);
                lock.execute();
            }
            try (PreparedStatement query = connection.prepareStatement(
                    "select " + COLUMNS + " from endpoint_health where endpoint_id = ? for update")) {
                query.setString(1, endpointId);
                try (ResultSet row = query.executeQuery()) {
                    return row.next() ? Optional.of(health(row)) : Optional.empty();
                }
            }
        });
    }

    private static Health health(ResultSet row) throws SQLException {
        return new Health(
                row.getInt(1),
                row.getObject(2, OffsetDateTime.class).toInstant(),
                row.getObject(6, OffsetDateTime.class).toInstant(),
                instant(row, 3),
                instant(row, 4),
                row.getBoolean(5));
    }

    void save(String endpointId, Health health) {
        database.inTransaction(connection -> {
            try (PreparedStatement upsert = connection.prepareStatement("""
                insert into endpoint_health (endpoint_id, failures, failing_since, opened_at, open_until, probing,
                    last_failure_at)
                values (?, ?, ?, ?, ?, ?, ?)
                on conflict (endpoint_id) do update
                set failures = excluded.failures, failing_since = excluded.failing_since,
                    opened_at = excluded.opened_at, open_until = excluded.open_until, probing = excluded.probing,
                    last_failure_at = excluded.last_failure_at
                """)) {
                upsert.setString(1, endpointId);
                upsert.setInt(2, health.failures());
                upsert.setObject(3, utc(health.failingSince()));
                upsert.setObject(4, health.openedAt().map(HealthRepository::utc).orElse(null));
                upsert.setObject(
                        5, health.openUntil().map(HealthRepository::utc).orElse(null));
                upsert.setBoolean(6, health.probing());
                upsert.setObject(7, utc(health.lastFailureAt()));
                return upsert.executeUpdate();
            }
        });
    }

    void remove(String endpointId) {
        database.inTransaction(connection -> {
            try (PreparedStatement delete =
                    connection.prepareStatement("delete from endpoint_health where endpoint_id = ?")) {
                delete.setString(1, endpointId);
                return delete.executeUpdate();
            }
        });
    }

    private static Optional<Instant> instant(ResultSet row, int column) throws SQLException {
        @Nullable OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return Optional.ofNullable(time).map(OffsetDateTime::toInstant);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
