package tocsin.sender.deliverylog;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.sender.database.DatabaseClient;

/** Reads the tables {@code delivery} and {@code delivery_attempt} page by page. */
@Singleton
final class DeliveryPageRepository {

    private final DatabaseClient database;

    DeliveryPageRepository(DatabaseClient database) {
        this.database = database;
    }

    /** @param sequence rises with each delivery that is first heard of */
    record Entry(
            long sequence,
            LoggedDelivery delivery,
            DeliveryState state,
            Optional<String> reason,
            Instant createdAt,
            Optional<Instant> settledAt,
            List<LoggedAttempt> attempts) {}

    /**
     * The newest first. Only those of that organisation: a request can name the endpoint of another one, and then its
     * failure is nothing for the endpoint's owner to see.
     *
     * @param before only those with a lower sequence; {@link Long#MAX_VALUE} for the first page
     */
    List<Entry> page(String orgId, String endpointId, long before, int limit) {
        return database.inTransaction(connection -> {
            Map<Long, List<LoggedAttempt>> attempts = attempts(connection, orgId, endpointId, before, limit);
            try (PreparedStatement query = connection.prepareStatement("""
                    select sequence, webhook_id, endpoint_id, notification_id, org_id, type, state, reason, created_at,
                        settled_at
                    from delivery where org_id = ? and endpoint_id = ? and sequence < ? order by sequence desc limit ?
                    """)) {
                query.setString(1, orgId);
                query.setString(2, endpointId);
                query.setLong(3, before);
                query.setInt(4, limit);
                List<Entry> page = new ArrayList<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        long sequence = row.getLong(1);
                        page.add(new Entry(
                                sequence,
                                new LoggedDelivery(
                                        row.getString(2),
                                        row.getString(3),
                                        row.getString(4),
                                        row.getString(5),
                                        row.getString(6)),
                                DeliveryState.of(row.getString(7)),
                                Optional.ofNullable(row.getString(8)),
                                instant(row.getObject(9, OffsetDateTime.class)).orElseThrow(),
                                instant(row.getObject(10, OffsetDateTime.class)),
                                attempts.getOrDefault(sequence, List.of())));
                    }
                }
                return page;
            }
        });
    }

    private static Map<Long, List<LoggedAttempt>> attempts(
            Connection connection, String orgId, String endpointId, long before, int limit) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                select d.sequence, a.attempt, a.started_at, a.duration_ms, a.status, a.error_class, a.reason
                from (
                    select sequence, webhook_id, endpoint_id
                    from delivery where org_id = ? and endpoint_id = ? and sequence < ? order by sequence desc limit ?) d
                join delivery_attempt a on a.webhook_id = d.webhook_id and a.endpoint_id = d.endpoint_id
                order by a.id
                """)) {
            query.setString(1, orgId);
            query.setString(2, endpointId);
            query.setLong(3, before);
            query.setInt(4, limit);
            Map<Long, List<LoggedAttempt>> attempts = new HashMap<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    attempts.computeIfAbsent(row.getLong(1), _ -> new ArrayList<>())
                            .add(new LoggedAttempt(
                                    row.getInt(2),
                                    instant(row.getObject(3, OffsetDateTime.class))
                                            .orElseThrow(),
                                    Duration.ofMillis(row.getLong(4)),
                                    Optional.ofNullable(row.getObject(5, Integer.class)),
                                    Optional.ofNullable(row.getString(6)),
                                    Optional.ofNullable(row.getString(7))));
                }
            }
            return attempts;
        }
    }

    private static Optional<Instant> instant(@Nullable OffsetDateTime time) {
        return Optional.ofNullable(time).map(OffsetDateTime::toInstant);
    }
}
