package tocsin.sender.deliverylog;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import tocsin.sender.database.DatabaseClient;

/** Writes the tables {@code delivery} and {@code delivery_attempt}. */
@Singleton
public final class DeliveryLogRepository {

    private final DatabaseClient database;

    DeliveryLogRepository(DatabaseClient database) {
        this.database = database;
    }

    /** How it ended; empty as long as it has not. */
    public Optional<Settlement> settlementOf(LoggedDelivery delivery) {
        return database.inTransaction(connection -> settlement(connection, delivery));
    }

    private static Optional<Settlement> settlement(Connection connection, LoggedDelivery delivery) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                select state, attempts, reason, settled_at from delivery
                where webhook_id = ? and endpoint_id = ? and settled_at is not null
                """)) {
            query.setString(1, delivery.webhookId());
            query.setString(2, delivery.endpointId());
            try (ResultSet row = query.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(new Settlement(
                        DeliveryState.of(row.getString(1)) == DeliveryState.DELIVERED,
                        row.getInt(2),
                        Optional.ofNullable(row.getString(3)),
                        row.getObject(4, OffsetDateTime.class).toInstant()));
            }
        }
    }

    /** An attempt that failed and will be followed by another. */
    public void retrying(LoggedDelivery delivery, LoggedAttempt attempt) {
        database.inTransaction(connection -> {
            upsert(
                    connection,
                    delivery,
                    DeliveryState.RETRYING,
                    attempt.number(),
                    attempt.reason(),
                    attempt.startedAt());
            insert(connection, delivery, attempt);
            return null;
        });
    }

    /** It waits for something else than the ladder. */
    public void parked(LoggedDelivery delivery, String reason, Instant at) {
        database.inTransaction(connection -> {
            upsert(connection, delivery, DeliveryState.PARKED, 0, Optional.of(reason), at);
            return null;
        });
    }

    /** The attempt that ended it, and its end; sends {@code delivery.settled}. */
    public void settle(LoggedDelivery delivery, LoggedAttempt attempt, Settlement settlement) {
        database.inTransaction(connection -> {
            settle(connection, delivery, settlement);
            insert(connection, delivery, attempt);
            return null;
        });
    }

    /**
     * As {@link #settle(LoggedDelivery, LoggedAttempt, Settlement)} when no attempt is to be told of. What has been settled
     * before stays as it was and is sent again.
     */
    public void settle(LoggedDelivery delivery, Settlement settlement) {
        database.inTransaction(connection -> {
            settle(connection, delivery, settlement);
            return null;
        });
    }

    private void settle(Connection connection, LoggedDelivery delivery, Settlement settlement) throws SQLException {
        DeliveryState state = settlement.delivered() ? DeliveryState.DELIVERED : DeliveryState.FAILED;
        upsert(connection, delivery, state, settlement.attempts(), settlement.reason(), settlement.settledAt());
        try (PreparedStatement update = connection.prepareStatement("""
                update delivery set settled_at = ?
                where webhook_id = ? and endpoint_id = ? and settled_at is null
                """)) {
            update.setObject(1, settlement.settledAt().atOffset(ZoneOffset.UTC));
            update.setString(2, delivery.webhookId());
            update.setString(3, delivery.endpointId());
            update.executeUpdate();
        }
        Settlement standing = settlement(connection, delivery)
                .orElseThrow(() -> new IllegalStateException("not settled after all: " + delivery.webhookId()));
        database.send(SettledRecord.of(delivery, standing));
    }

    /** Locks the row, and changes it unless it is settled. */
    private static void upsert(
            Connection connection,
            LoggedDelivery delivery,
            DeliveryState state,
            int attempts,
            Optional<String> reason,
            Instant at)
            throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("""
                insert into delivery
                    (webhook_id, endpoint_id, notification_id, org_id, type, state, attempts, reason, created_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (webhook_id, endpoint_id) do update
                set state = case when delivery.settled_at is null then excluded.state else delivery.state end,
                    attempts = case when delivery.settled_at is null
                        then greatest(delivery.attempts, excluded.attempts) else delivery.attempts end,
                    reason = case when delivery.settled_at is null then excluded.reason else delivery.reason end
                """)) {
            upsert.setString(1, delivery.webhookId());
            upsert.setString(2, delivery.endpointId());
            upsert.setString(3, delivery.notificationId());
            upsert.setString(4, delivery.orgId());
            upsert.setString(5, delivery.type());
            upsert.setString(6, state.text());
            upsert.setInt(7, attempts);
            upsert.setString(8, reason.orElse(null));
            upsert.setObject(9, at.atOffset(ZoneOffset.UTC));
            upsert.executeUpdate();
        }
    }

    private static void insert(Connection connection, LoggedDelivery delivery, LoggedAttempt attempt)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("""
                insert into delivery_attempt
                    (webhook_id, endpoint_id, attempt, started_at, duration_ms, status, error_class, reason)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                """)) {
            insert.setString(1, delivery.webhookId());
            insert.setString(2, delivery.endpointId());
            insert.setInt(3, attempt.number());
            insert.setObject(4, attempt.startedAt().atOffset(ZoneOffset.UTC));
            insert.setLong(5, attempt.took().toMillis());
            if (attempt.status().isPresent()) {
                insert.setInt(6, attempt.status().get());
            } else {
                insert.setNull(6, Types.INTEGER);
            }
            insert.setString(7, attempt.errorClass().orElse(null));
            insert.setString(8, attempt.reason().orElse(null));
            insert.executeUpdate();
        }
    }
}
