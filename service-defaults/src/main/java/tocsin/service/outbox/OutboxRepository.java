package tocsin.service.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table {@code outbox} in the connection's schema. */
final class OutboxRepository {

    record Row(long id, OutboxRecord record) {}

    /** @param isAll whether nothing was there beside them */
    record Batch(List<Row> rows, boolean isAll) {

        /** 0 if there are none. */
        long lastId() {
            return rows.isEmpty() ? 0 : rows.getLast().id();
        }
    }

    /** @param oldestSeconds how long the first of them has waited; 0 if there are none */
    record Waiting(long records, double oldestSeconds) {}

    void insert(Connection connection, List<OutboxRecord> records) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("insert into outbox (topic, key, value, headers) values (?, ?, ?, ?)")) {
            for (OutboxRecord record : records) {
                insert.setString(1, record.topic());
                insert.setBytes(2, record.key());
                insert.setBytes(3, record.value());
                insert.setArray(4, connection.createArrayOf("bytea", flat(record.headers())));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static byte[][] flat(Map<String, byte[]> headers) {
        List<byte[]> flat = new ArrayList<>();
        headers.forEach((name, value) -> {
            flat.add(name.getBytes(UTF_8));
            flat.add(value);
        });
        return flat.toArray(byte[][]::new);
    }

    /**
     * Keeps every other relay of this schema out until the transaction ends.
     *
     * @param wait whether to wait for one that is at work, for some seconds at most
     * @return whether we have it
     */
    boolean lock(Connection connection, boolean wait) throws SQLException {
        String key = "hashtextextended(current_schema() || '.outbox', 0)";
        if (!wait) {
            try (PreparedStatement lock = connection.prepareStatement("select pg_try_advisory_xact_lock(" + key + ")");
                    ResultSet result = lock.executeQuery()) {
                return result.next() && result.getBoolean(1);
            }
        }
        try (PreparedStatement limit = connection.prepareStatement("set local lock_timeout = '5s'");
                PreparedStatement lock = connection.prepareStatement("select pg_advisory_xact_lock(" + key + ")")) {
            limit.execute();
            lock.execute();
            return true;
        }
    }

    /** Transactions of the whole server; this one has a number from then on. */
    OutboxFloor.Running running(Connection connection) throws SQLException {
        // The snapshot is the statement's, older than the number: who came between counts as one that runs.
        try (PreparedStatement query = connection.prepareStatement("""
                        select pg_postmaster_start_time()::text, own::text::bigint,
                            pg_snapshot_xmin(pg_current_snapshot())::text::bigint
                        from pg_current_xact_id() own
                        """);
                ResultSet result = query.executeQuery()) {
            result.next();
            return new OutboxFloor.Running(result.getString(1), result.getLong(3), result.getLong(2));
        }
    }

    /** @param enoughBytes of values: once there are as many, no further one is read */
    Batch oldest(Connection connection, long above, int limit, long enoughBytes) throws SQLException {
        List<Row> rows = new ArrayList<>();
        long bytes = 0;
        // What is left out is counted without being read.
        try (PreparedStatement query = connection.prepareStatement("""
            select id, topic, key, value, headers from (
                select *, coalesce(sum(octet_length(value)) over (
                    order by id rows between unbounded preceding and 1 preceding), 0) as bytes_before
                from outbox where id > ? order by id limit ?) first
            where bytes_before < ? order by id
            """)) {
            query.setLong(1, above);
            query.setInt(2, limit);
            query.setLong(3, enoughBytes);
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    byte @Nullable [] value = result.getBytes(4);
                    bytes += value == null ? 0 : value.length;
                    OutboxRecord record = new OutboxRecord(
                            result.getString(2), result.getBytes(3), value, headers(result.getArray(5)));
                    rows.add(new Row(result.getLong(1), record));
                }
            }
        }
        return new Batch(rows, rows.size() < limit && bytes < enoughBytes);
    }

    private static Map<String, byte[]> headers(Array array) throws SQLException {
        byte[][] flat = (byte[][]) array.getArray();
        Map<String, byte[]> headers = new LinkedHashMap<>();
        for (int i = 0; i + 1 < flat.length; i += 2) {
            headers.put(new String(flat[i], UTF_8), flat[i + 1]);
        }
        return headers;
    }

    void delete(Connection connection, List<Row> rows) throws SQLException {
        Object[] ids = rows.stream().map(Row::id).toArray();
        try (PreparedStatement delete = connection.prepareStatement("delete from outbox where id = any (?)")) {
            delete.setArray(1, connection.createArrayOf("bigint", ids));
            delete.executeUpdate();
        }
    }

    Waiting waiting(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                        "select count(*), coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0) from outbox");
                ResultSet result = query.executeQuery()) {
            result.next();
            return new Waiting(result.getLong(1), result.getDouble(2));
        }
    }
}
