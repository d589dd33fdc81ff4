package tocsin.sender.parking;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.inject.Singleton;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tocsin.schemas.Topics;
import tocsin.sender.database.DatabaseClient;
import tocsin.service.outbox.OutboxRecord;

/** The table {@code parked_delivery}. */
@Singleton
public final class ParkingRepository {

    private final DatabaseClient database;

    ParkingRepository(DatabaseClient database) {
        this.database = database;
    }

    /** One that is parked already stays as it is. */
    public void park(ParkedDelivery parked) {
        database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into parked_delivery
                        (webhook_id, endpoint_id, request, headers, reason, parked_at, not_before)
                    values (?, ?, ?, ?, ?, ?, ?)
                    on conflict (webhook_id, endpoint_id) do nothing
                    """)) {
                insert.setString(1, parked.webhookId());
                insert.setString(2, parked.endpointId());
                insert.setBytes(3, parked.request());
                insert.setArray(4, connection.createArrayOf("bytea", flat(parked.headers())));
                insert.setString(5, parked.reason());
                insert.setObject(6, parked.parkedAt().atOffset(ZoneOffset.UTC));
                insert.setObject(7, parked.notBefore().atOffset(ZoneOffset.UTC));
                insert.executeUpdate();
            }
            return null;
        });
    }

    /**
     * Sends back to {@code webhook.requested} what has waited longest and may go. What another instance is sending back is
     * left to it.
     *
     * @return how many
     */
    int release(Instant now, int atMost) {
        return database.inTransaction(connection -> {
            // A deleted endpoint's go back too: the delivery ends them as failed, visibly.
            try (PreparedStatement delete = connection.prepareStatement("""
                    delete from parked_delivery
                    where id in (
                        select p.id
                        from parked_delivery p left join webhook_endpoint e on e.id = p.endpoint_id
                        where (e.id is null or e.disabled_for is null) and p.not_before <= ?
                        order by p.id
                        limit ?
                        for update of p skip locked)
                    returning id, endpoint_id, request, headers
                    """)) {
                delete.setObject(1, now.atOffset(ZoneOffset.UTC));
                delete.setInt(2, atMost);
                List<OutboxRecord> released = new ArrayList<>();
                try (ResultSet row = delete.executeQuery()) {
                    while (row.next()) {
                        released.add(new OutboxRecord(
                                Topics.WEBHOOK_REQUESTED.name(),
                                row.getString(2).getBytes(UTF_8),
                                row.getBytes(3),
                                headers(row.getArray(4))));
                    }
                }
                released.forEach(database::send);
                return released.size();
            }
        });
    }

    private static byte[][] flat(Map<String, byte[]> headers) {
        List<byte[]> flat = new ArrayList<>();
        headers.forEach((name, value) -> {
            flat.add(name.getBytes(UTF_8));
            flat.add(value);
        });
        return flat.toArray(byte[][]::new);
    }

    private static Map<String, byte[]> headers(Array array) throws SQLException {
        byte[][] flat = (byte[][]) array.getArray();
        Map<String, byte[]> headers = new LinkedHashMap<>();
        for (int i = 0; i + 1 < flat.length; i += 2) {
            headers.put(new String(flat[i], UTF_8), flat[i + 1]);
        }
        return headers;
    }
}
