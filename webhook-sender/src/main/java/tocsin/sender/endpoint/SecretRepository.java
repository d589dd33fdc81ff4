package tocsin.sender.endpoint;

import jakarta.inject.Singleton;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import tocsin.sender.database.DatabaseClient;

/** The table {@code endpoint_secret}. */
@Singleton
final class SecretRepository {

    private static final String COLUMNS = "id, endpoint_id, sealed, key_id, created_at, expires_at, passed_over";

    private final DatabaseClient database;

    SecretRepository(DatabaseClient database) {
        this.database = database;
    }

    /** As the current one; there must be no other. */
    StoredSecret insert(String endpointId, SealedSecret secret, Instant createdAt) {
        return database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(
                    "insert into endpoint_secret (endpoint_id, sealed, key_id, created_at) values (?, ?, ?, ?)"
                            + " returning " + COLUMNS)) {
                insert.setString(1, endpointId);
                insert.setBytes(2, secret.ciphertext());
                insert.setInt(3, secret.keyId());
                insert.setObject(4, utc(createdAt));
                return list(insert).getFirst();
            }
        });
    }

    /** Until the end of the transaction nobody else changes its secrets. @return whether there is such an endpoint */
    boolean lockEndpoint(String endpointId) {
        return database.inTransaction(connection -> {
            try (PreparedStatement lock =
                    connection.prepareStatement("select id from webhook_endpoint where id = ? for update")) {
                lock.setString(1, endpointId);
                try (ResultSet row = lock.executeQuery()) {
                    return row.next();
                }
            }
        });
    }

    /** Those that sign at that time, the current one first, then the newer before the older. */
    List<StoredSecret> signing(String endpointId, Instant now) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("select " + COLUMNS
                    + " from endpoint_secret where endpoint_id = ? and (expires_at is null or expires_at > ?)"
                    + " order by id desc")) {
                query.setString(1, endpointId);
                query.setObject(2, utc(now));
                return list(query);
            }
        });
    }

    /** As {@link #signing(String, Instant)}, of each of them together. */
    List<StoredSecret> signing(Collection<String> endpointIds, Instant now) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("select " + COLUMNS
                    + " from endpoint_secret where endpoint_id = any (?) and (expires_at is null or expires_at > ?)"
                    + " order by id desc")) {
                query.setArray(1, connection.createArrayOf("text", endpointIds.toArray()));
                query.setObject(2, utc(now));
                return list(query);
            }
        });
    }

    /** The current one signs until then, and a new one can take its place. */
    void expireCurrent(String endpointId, Instant expiresAt) {
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "update endpoint_secret set expires_at = ? where endpoint_id = ? and expires_at is null")) {
                update.setObject(1, utc(expiresAt));
                update.setString(2, endpointId);
                return update.executeUpdate();
            }
        });
    }

    void passOverReplaced(String endpointId) {
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "update endpoint_secret set passed_over = true where endpoint_id = ? and expires_at is not null")) {
                update.setString(1, endpointId);
                return update.executeUpdate();
            }
        });
    }

    /** Those that sign no more by that time; all that have been replaced, with {@link Instant#MAX}. */
    void deleteExpired(String endpointId, Instant by) {
        database.inTransaction(connection -> {
            try (PreparedStatement delete = connection.prepareStatement(
                    "delete from endpoint_secret where endpoint_id = ? and expires_at <= ?")) {
                delete.setString(1, endpointId);
                delete.setObject(2, by.equals(Instant.MAX) ? OffsetDateTime.MAX : utc(by));
                return delete.executeUpdate();
            }
        });
    }

    /** Sealed by other keys than that one, in the order of their ids; what somebody else is changing is left out. */
    List<StoredSecret> lockSealedByOthers(int keyId, long afterId, int atMost) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(
                    "select " + COLUMNS
                            + " from endpoint_secret where key_id <> ? and id > ? order by id limit ? for update skip locked")) {
                query.setInt(1, keyId);
                query.setLong(2, afterId);
                query.setInt(3, atMost);
                return list(query);
            }
        });
    }

    /** As all see it: what a transaction under way has changed counts as it was before. */
    int countSealedByOthers(int keyId) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("select count(*) from endpoint_secret where key_id <> ?")) {
                query.setInt(1, keyId);
                try (ResultSet result = query.executeQuery()) {
                    result.next();
                    return result.getInt(1);
                }
            }
        });
    }

    void reseal(long id, SealedSecret secret) {
        database.inTransaction(connection -> {
            try (PreparedStatement update =
                    connection.prepareStatement("update endpoint_secret set sealed = ?, key_id = ? where id = ?")) {
                update.setBytes(1, secret.ciphertext());
                update.setInt(2, secret.keyId());
                update.setLong(3, id);
                return update.executeUpdate();
            }
        });
    }

    private static List<StoredSecret> list(PreparedStatement query) throws SQLException {
        List<StoredSecret> secrets = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                secrets.add(new StoredSecret(
                        row.getLong(1),
                        row.getString(2),
                        new SealedSecret(row.getBytes(3), row.getInt(4)),
                        row.getObject(5, OffsetDateTime.class).toInstant(),
                        Optional.ofNullable(row.getObject(6, OffsetDateTime.class))
                                .map(OffsetDateTime::toInstant),
                        row.getBoolean(7)));
            }
        }
        return secrets;
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
