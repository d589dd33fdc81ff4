package tocsin.sender.deliverylog;

import jakarta.inject.Singleton;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tocsin.sender.database.DatabaseClient;

/** The table {@code delivery}: a row for each, with what became of it. */
@Singleton
final class DeliveryRepository {

    /**
     * What an entry says of a delivery as a whole: anything as long as that has not ended, but of a round only that it arrived;
     * afterwards, that it arrived after all.
     */
    private static final String COUNTS = "(delivery.settled_at is null and excluded.round = 0"
            + " or excluded.state = 'delivered' and delivery.state <> 'delivered')";

    /** Arrays have no times in the driver's binary form: those come as microseconds since 1970. */
    private static final String PUT = """
        insert into delivery (webhook_id, endpoint_id, notification_id, org_id, type, state, attempts, reason,
            created_at, settled_at, next_attempt_at, payload_at, round)
        select webhook_id, endpoint_id, notification_id, org_id, type, state, attempts, reason,
            timestamptz 'epoch' + created_at * interval '1 microsecond',
            timestamptz 'epoch' + settled_at * interval '1 microsecond',
            timestamptz 'epoch' + next_attempt_at * interval '1 microsecond', ?, round
        from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::text[],
            ?::bigint[], ?::bigint[], ?::bigint[], ?::int[])
            as entry(webhook_id, endpoint_id, notification_id, org_id, type, state, attempts, reason,
                created_at, settled_at, next_attempt_at, round)
        on conflict (webhook_id, endpoint_id) do update
        set state = case when $counts then excluded.state else delivery.state end,
            attempts = case when not $counts then delivery.attempts
                when delivery.settled_at is null and excluded.round = 0
                    then greatest(delivery.attempts, excluded.attempts)
                else delivery.attempts + excluded.attempts end,
            reason = case when $counts then excluded.reason else delivery.reason end,
            settled_at = case when $counts then excluded.settled_at else delivery.settled_at end,
            next_attempt_at = case when delivery.settled_at is null or excluded.round > 0
                then excluded.next_attempt_at end,
            round_open = delivery.round_open
                and not (excluded.settled_at is not null and excluded.round = delivery.round)
        returning webhook_id, endpoint_id, state, attempts, reason, settled_at,
            -- A row that was there before has been locked on the way.
            xmax <> 0, payload_at >= ?
        """.replace("$counts", COUNTS);

    private final DatabaseClient database;

    DeliveryRepository(DatabaseClient database) {
        this.database = database;
    }

    /** What names a row. */
    record Key(String webhookId, String endpointId) {

        static Key of(LogEntry entry) {
            return of(entry.delivery());
        }

        static Key of(LoggedDelivery delivery) {
            return new Key(delivery.webhookId(), delivery.endpointId());
        }
    }

    /**
     * A row that was just written, and is locked until the transaction ends.
     *
     * @param settlement how it ended; empty as long as it has not
     * @param hadPayload whether the day had its payload before
     */
    record Written(Optional<Settlement> settlement, boolean hadPayload) {

        /** After another entry of the same transaction. */
        private Written after(Written before) {
            return new Written(settlement, before.hadPayload);
        }
    }

    /** Of each, in their order. Lateral with a limit: a planner without statistics would read the whole table for every group. */
    List<DeliveryLogRepository.Known> known(List<LoggedDelivery> deliveries) {
        Map<Key, DeliveryLogRepository.Known> known = database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("""
                select d.webhook_id, d.endpoint_id, d.state, d.attempts, d.reason, d.settled_at,
                    case when d.round_open then d.round else 0 end
                from unnest(?::text[], ?::text[]) k(webhook_id, endpoint_id)
                cross join lateral (
                    select * from delivery
                    where webhook_id = k.webhook_id and endpoint_id = k.endpoint_id
                    limit 1
                ) d
                """)) {
                query.setArray(1, texts(connection, deliveries, LoggedDelivery::webhookId));
                query.setArray(2, texts(connection, deliveries, LoggedDelivery::endpointId));
                Map<Key, DeliveryLogRepository.Known> rows = new HashMap<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        rows.put(key(row), new DeliveryLogRepository.Known(settlement(row), row.getInt(7)));
                    }
                }
                return rows;
            }
        });
        return deliveries.stream()
                .map(delivery -> known.getOrDefault(Key.of(delivery), DeliveryLogRepository.Known.NOTHING))
                .toList();
    }

    /**
     * Writes what entries say, and that the day of {@code now} has their payloads from now on: whoever calls this stores those of which it says that the
     * day had none.
     *
     * @param entries in the order in which everybody takes them
     * @param now in whole microseconds
     */
    Map<Key, Written> put(List<LogEntry> entries, Instant now) {
        return database.inTransaction(connection -> {
            Map<Key, Written> written = new HashMap<>();
            List<Key> withoutPayload = new ArrayList<>();
            try (PreparedStatement put = connection.prepareStatement(PUT)) {
                for (List<LogEntry> each : eachOnce(entries)) {
                    fill(connection, put, each, now);
                    try (ResultSet row = put.executeQuery()) {
                        while (row.next()) {
                            Key key = key(row);
                            boolean wasThere = row.getBoolean(7);
                            Written here = new Written(settlement(row), wasThere && row.getBoolean(8));
                            @Nullable Written before = written.put(key, here);
                            if (before != null) {
                                written.put(key, here.after(before));
                            } else if (wasThere && !here.hadPayload()) {
                                withoutPayload.add(key);
                            }
                        }
                    }
                }
            }
            if (!withoutPayload.isEmpty()) {
                hasPayloads(connection, withoutPayload, now);
            }
            return written;
        });
    }

    /** A statement takes a row once: the second entry of a delivery comes with the second statement. */
    private static List<List<LogEntry>> eachOnce(List<LogEntry> entries) {
        List<List<LogEntry>> statements = new ArrayList<>();
        Map<Key, Integer> seen = new HashMap<>();
        for (LogEntry entry : entries) {
            int statement = seen.merge(Key.of(entry), 1, Integer::sum) - 1;
            if (statement == statements.size()) {
                statements.add(new ArrayList<>());
            }
            statements.get(statement).add(entry);
        }
        return statements;
    }

    private static void fill(Connection connection, PreparedStatement put, List<LogEntry> entries, Instant now)
            throws SQLException {
        put.setObject(1, utc(now));
        put.setArray(2, texts(connection, entries, entry -> entry.delivery().webhookId()));
        put.setArray(3, texts(connection, entries, entry -> entry.delivery().endpointId()));
        put.setArray(4, texts(connection, entries, entry -> entry.delivery().notificationId()));
        put.setArray(5, texts(connection, entries, entry -> entry.delivery().orgId()));
        put.setArray(6, texts(connection, entries, entry -> entry.delivery().type()));
        put.setArray(7, texts(connection, entries, entry -> entry.state().text()));
        put.setArray(8, integers(connection, entries, LogEntry::attempts));
        put.setArray(9, texts(connection, entries, entry -> entry.reason().orElse(null)));
        put.setArray(10, times(connection, entries, entry -> Optional.of(entry.at())));
        put.setArray(11, times(connection, entries, entry -> entry.settlement().map(Settlement::settledAt)));
        put.setArray(12, times(connection, entries, entry -> entry.attempt().flatMap(LoggedAttempt::nextAttemptAt)));
        put.setArray(13, integers(connection, entries, LogEntry::round));
        put.setObject(14, utc(LogDays.start(now)));
    }

    /** Of deliveries of days before. */
    private static void hasPayloads(Connection connection, List<Key> keys, Instant now) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("""
            update delivery d set payload_at = ?
            from unnest(?::text[], ?::text[]) k(webhook_id, endpoint_id)
            where d.webhook_id = k.webhook_id and d.endpoint_id = k.endpoint_id
            """)) {
            update.setObject(1, utc(now));
            update.setArray(2, texts(connection, keys, Key::webhookId));
            update.setArray(3, texts(connection, keys, Key::endpointId));
            update.executeUpdate();
        }
    }

    private static Key key(ResultSet row) throws SQLException {
        return new Key(row.getString(1), row.getString(2));
    }

    /** Empty where it has not ended. */
    private static Optional<Settlement> settlement(ResultSet row) throws SQLException {
        @Nullable OffsetDateTime settledAt = row.getObject(6, OffsetDateTime.class);
        if (settledAt == null) {
            return Optional.empty();
        }
        return Optional.of(new Settlement(
                DeliveryState.of(row.getString(3)) == DeliveryState.DELIVERED,
                row.getInt(4),
                Optional.ofNullable(row.getString(5)),
                settledAt.toInstant()));
    }

    private static <T> Array texts(Connection connection, List<T> of, Function<T, @Nullable String> text)
            throws SQLException {
        return connection.createArrayOf("text", of.stream().map(text).toArray(String[]::new));
    }

    private static Array integers(Connection connection, List<LogEntry> entries, Function<LogEntry, Integer> number)
            throws SQLException {
        return connection.createArrayOf("int4", entries.stream().map(number).toArray(Integer[]::new));
    }

    private static Array times(
            Connection connection, List<LogEntry> entries, Function<LogEntry, Optional<Instant>> time)
            throws SQLException {
        return connection.createArrayOf(
                "int8",
                entries.stream()
                        .map(entry -> time.apply(entry)
                                .map(DeliveryRepository::micros)
                                .orElse(null))
                        .toArray(Long[]::new));
    }

    private static Long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
