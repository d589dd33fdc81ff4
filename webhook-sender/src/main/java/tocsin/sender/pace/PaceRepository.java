package tocsin.sender.pace;

import jakarta.inject.Singleton;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import tocsin.sender.database.DatabaseClient;

/** The table {@code endpoint_pace}. */
@Singleton
public final class PaceRepository {

    private final DatabaseClient database;

    PaceRepository(DatabaseClient database) {
        this.database = database;
    }

    /** In force for whoever asks from now on; what was taken of the second under way stays taken. */
    public void limit(String endpointId, int maxPerSecond) {
        database.inTransaction(connection -> {
            try (PreparedStatement upsert = connection.prepareStatement("""
                insert into endpoint_pace (endpoint_id, max_per_second) values (?, ?)
                on conflict (endpoint_id) do update
                    set max_per_second = excluded.max_per_second, spread_until = excluded.spread_until
                """)) {
                upsert.setString(1, endpointId);
                upsert.setInt(2, maxPerSecond);
                return upsert.executeUpdate();
            }
        });
    }

    public void lift(String endpointId) {
        database.inTransaction(connection -> {
            try (PreparedStatement delete =
                    connection.prepareStatement("delete from endpoint_pace where endpoint_id = ?")) {
                delete.setString(1, endpointId);
                return delete.executeUpdate();
            }
        });
    }

    /**
     * Nobody else takes of these endpoints' turns until the transaction ends.
     *
     * @param wanted by endpoint, how many attempts want to go
     * @return by endpoint, what they got; without those that have no limit
     */
    public Map<String, Turns> take(Map<String, Integer> wanted, Instant now) {
        return database.inTransaction(connection -> {
            Map<String, Pace.Taken> taken = new LinkedHashMap<>();
            // In one order, so that nobody waits in a circle.
            try (PreparedStatement select = connection.prepareStatement("""
                    select endpoint_id, max_per_second, second, used, spread_until from endpoint_pace
                    where endpoint_id = any (?) order by endpoint_id for update
                    """);
                    PreparedStatement update = connection.prepareStatement(
                            "update endpoint_pace set second = ?, used = ?, spread_until = ? where endpoint_id = ?")) {
                select.setArray(
                        1, connection.createArrayOf("text", wanted.keySet().toArray()));
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        String id = row.getString(1);
                        Pace pace = new Pace(
                                row.getInt(2),
                                row.getLong(3),
                                row.getInt(4),
                                row.getObject(5, OffsetDateTime.class).toInstant());
                        taken.put(id, pace.take(wanted.getOrDefault(id, 0), now));
                    }
                }
                for (Map.Entry<String, Pace.Taken> entry : taken.entrySet()) {
                    Pace next = entry.getValue().next();
                    update.setLong(1, next.second());
                    update.setInt(2, next.used());
                    update.setObject(3, next.spreadUntil().atOffset(ZoneOffset.UTC));
                    update.setString(4, entry.getKey());
                    update.addBatch();
                }
                update.executeBatch();
            }
            Map<String, Turns> turns = new HashMap<>();
            taken.forEach((id, it) -> turns.put(id, it.turns()));
            return turns;
        });
    }
}
