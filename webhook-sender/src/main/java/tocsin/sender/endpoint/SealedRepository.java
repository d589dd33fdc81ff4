package tocsin.sender.endpoint;

import jakarta.inject.Singleton;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tocsin.sender.database.DatabaseClient;

/** The table {@code endpoint_sealed}. */
@Singleton
final class SealedRepository {

    private final DatabaseClient database;

    SealedRepository(DatabaseClient database) {
        this.database = database;
    }

    record Row(String endpointId, SealedKind kind, SealedSecret sealed) {}

    /** @param shown what anybody may see of it */
    void put(String endpointId, SealedKind kind, SealedSecret sealed, List<String> shown) {
        database.inTransaction(connection -> {
            try (PreparedStatement upsert = connection.prepareStatement("""
                    insert into endpoint_sealed (endpoint_id, kind, sealed, key_id, shown) values (?, ?, ?, ?, ?)
                    on conflict (endpoint_id, kind) do update
                    set sealed = excluded.sealed, key_id = excluded.key_id, shown = excluded.shown
                    """)) {
                upsert.setString(1, endpointId);
                upsert.setString(2, kind.text());
                upsert.setBytes(3, sealed.ciphertext());
                upsert.setInt(4, sealed.keyId());
                upsert.setArray(5, connection.createArrayOf("text", shown.toArray()));
                return upsert.executeUpdate();
            }
        });
    }

    void delete(String endpointId, SealedKind kind) {
        database.inTransaction(connection -> {
            try (PreparedStatement delete =
                    connection.prepareStatement("delete from endpoint_sealed where endpoint_id = ? and kind = ?")) {
                delete.setString(1, endpointId);
                delete.setString(2, kind.text());
                return delete.executeUpdate();
            }
        });
    }

    Optional<SealedSecret> find(String endpointId, SealedKind kind) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(
                    "select sealed, key_id from endpoint_sealed where endpoint_id = ? and kind = ?")) {
                query.setString(1, endpointId);
                query.setString(2, kind.text());
                try (ResultSet row = query.executeQuery()) {
                    return row.next()
                            ? Optional.of(new SealedSecret(row.getBytes(1), row.getInt(2)))
                            : Optional.empty();
                }
            }
        });
    }

    /**
     * Sealed by other keys than that one; what somebody else is changing is left out.
     *
     * @param after those behind this row; empty for the first
     */
    List<Row> lockSealedByOthers(int keyId, Optional<Row> after, int atMost) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("""
                    select endpoint_id, kind, sealed, key_id from endpoint_sealed
                    where key_id <> ? and (endpoint_id, kind) > (?, ?)
                    order by endpoint_id, kind limit ? for update skip locked
                    """)) {
                query.setInt(1, keyId);
                query.setString(2, after.map(Row::endpointId).orElse(""));
                query.setString(3, after.map(row -> row.kind().text()).orElse(""));
                query.setInt(4, atMost);
                List<Row> rows = new ArrayList<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        rows.add(new Row(
                                row.getString(1),
                                SealedKind.of(row.getString(2)),
                                new SealedSecret(row.getBytes(3), row.getInt(4))));
                    }
                }
                return rows;
            }
        });
    }

    /** As all see it: what a transaction under way has changed counts as it was before. */
    int countSealedByOthers(int keyId) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("select count(*) from endpoint_sealed where key_id <> ?")) {
                query.setInt(1, keyId);
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return row.getInt(1);
                }
            }
        });
    }

    void reseal(Row row, SealedSecret sealed) {
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "update endpoint_sealed set sealed = ?, key_id = ? where endpoint_id = ? and kind = ?")) {
                update.setBytes(1, sealed.ciphertext());
                update.setInt(2, sealed.keyId());
                update.setString(3, row.endpointId());
                update.setString(4, row.kind().text());
                return update.executeUpdate();
            }
        });
    }
}
