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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.parking.PersonalData;

/** Writes the tables {@code delivery}, {@code delivery_attempt} and {@code delivery_payload}. */
@Singleton
public final class DeliveryLogRepository {

    /**
     * What an entry says of a delivery as a whole: anything as long as that has not ended, but of a round only that it arrived;
     * afterwards, that it arrived after all.
     */
    private static final String COUNTS = "(delivery.settled_at is null and excluded.round = 0"
            + " or excluded.state = 'delivered' and delivery.state <> 'delivered')";

    private final DatabaseClient database;
    private final PersonalData personalData;
    private final LogPartitionRepository partitions;
    private final AttemptRepository attempts;
    private final PayloadRepository payloads;

    DeliveryLogRepository(
            DatabaseClient database,
            PersonalData personalData,
            LogPartitionRepository partitions,
            AttemptRepository attempts,
            PayloadRepository payloads) {
        this.database = database;
        this.personalData = personalData;
        this.partitions = partitions;
        this.attempts = attempts;
        this.payloads = payloads;
    }

    private record Key(String webhookId, String endpointId) {
        static Key of(LogEntry entry) {
            return of(entry.delivery());
        }

        static Key of(LoggedDelivery delivery) {
            return new Key(delivery.webhookId(), delivery.endpointId());
        }
    }

    /**
     * What is known of a delivery.
     *
     * @param settlement how it ended; empty as long as it has not
     * @param openRound the round that is under way; 0 if none is
     */
    public record Known(Optional<Settlement> settlement, int openRound) {

        private static final Known NOTHING = new Known(Optional.empty(), 0);
    }

    /** Of each, in their order. Lateral with a limit: a planner without statistics would read the whole table for every group. */
    public List<Known> known(List<LoggedDelivery> deliveries) {
        Map<Key, Known> known = database.inTransaction(connection -> {
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
                Map<Key, Known> rows = new HashMap<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        Optional<Settlement> settlement =
                                row.getObject(6) == null ? Optional.empty() : Optional.of(settlement(row));
                        rows.put(new Key(row.getString(1), row.getString(2)), new Known(settlement, row.getInt(7)));
                    }
                }
                return rows;
            }
        });
        return deliveries.stream()
                .map(delivery -> known.getOrDefault(Key.of(delivery), Known.NOTHING))
                .toList();
    }

    private static Settlement settlement(ResultSet row) throws SQLException {
        return new Settlement(
                DeliveryState.of(row.getString("state")) == DeliveryState.DELIVERED,
                row.getInt("attempts"),
                Optional.ofNullable(row.getString("reason")),
                row.getObject("settled_at", OffsetDateTime.class).toInstant());
    }

    /** All of them or none, with the records that tell of those that are settled. */
    void write(List<LogEntry> entries, Instant now) {
        partitions.makeFor(days(entries, now));
        // Whoever else writes some of these takes them in the same order, so that nobody waits in a circle.
        List<LogEntry> sorted = entries.stream()
                .sorted(Comparator.comparing(
                                (LogEntry entry) -> entry.delivery().webhookId())
                        .thenComparing(entry -> entry.delivery().endpointId()))
                .toList();
        database.together(() -> {
            Kept kept = keep(sorted, now);
            upsert(kept.entries(), kept.stored(), now);
            attempts.insert(kept.entries());
            tell(kept.entries().stream()
                    .filter(entry ->
                            entry.settlement().isPresent() && entry.delivery().isAwaited())
                    .map(LogEntry::delivery)
                    .toList());
        });
    }

    private static Set<Instant> days(List<LogEntry> entries, Instant now) {
        Set<Instant> times = new HashSet<>();
        times.add(now);
        entries.forEach(entry -> entry.attempt().ifPresent(attempt -> times.add(attempt.startedAt())));
        return times;
    }

    /**
     * @param entries without what may tell of somebody who was erased
     * @param stored those whose payload has just been stored
     */
    private record Kept(List<LogEntry> entries, Set<Key> stored) {}

    /** Every day on which something is written of a delivery has its payload, so that the two are dropped together. */
    private Kept keep(List<LogEntry> entries, Instant now) {
        Set<Key> there = storedToday(entries, now);
        Set<Key> stored = new HashSet<>();
        List<LogEntry> all = new ArrayList<>();
        List<LogEntry> asked = entries.stream()
                .filter(entry ->
                        !there.contains(Key.of(entry)) || entry.attempt().isPresent())
                .toList();
        List<PersonalData.Kept> answers =
                personalData.withoutErased(asked.stream().map(LogEntry::request).toList());
        List<PayloadRepository.Payload> payloadsOfToday = new ArrayList<>();
        int next = 0;
        for (LogEntry entry : entries) {
            boolean isThere = there.contains(Key.of(entry));
            if (isThere && entry.attempt().isEmpty()) {
                all.add(entry);
                continue;
            }
            PersonalData.Kept answer = answers.get(next++);
            boolean erased = !Arrays.equals(answer.request(), entry.request());
            if (!isThere && stored.add(Key.of(entry))) {
                payloadsOfToday.add(new PayloadRepository.Payload(
                        entry.delivery(), now, answer.request(), answer.subjects(), erased));
            }
            // Receivers repeat what they were sent.
            all.add(erased ? entry.withoutAnswer() : entry);
        }
        payloads.insert(payloadsOfToday);
        return new Kept(all, stored);
    }

    private Set<Key> storedToday(List<LogEntry> entries, Instant now) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("""
                    select d.webhook_id, d.endpoint_id
                    from unnest(?::text[], ?::text[]) k(webhook_id, endpoint_id)
                    cross join lateral (
                        select * from delivery
                        where webhook_id = k.webhook_id and endpoint_id = k.endpoint_id
                        limit 1
                    ) d
                    where d.payload_at >= ?
                    """)) {
                List<LoggedDelivery> deliveries =
                        entries.stream().map(LogEntry::delivery).toList();
                query.setArray(1, texts(connection, deliveries, LoggedDelivery::webhookId));
                query.setArray(2, texts(connection, deliveries, LoggedDelivery::endpointId));
                query.setObject(3, utc(LogDays.start(now)));
                Set<Key> keys = new HashSet<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        keys.add(new Key(row.getString(1), row.getString(2)));
                    }
                }
                return keys;
            }
        });
    }

    private static Array texts(
            Connection connection, List<LoggedDelivery> deliveries, Function<LoggedDelivery, String> of)
            throws SQLException {
        return connection.createArrayOf("text", deliveries.stream().map(of).toArray());
    }

    /** Locks the rows, and changes those of which the entry says something new. */
    private void upsert(List<LogEntry> entries, Set<Key> stored, Instant now) {
        database.inTransaction(connection -> {
            try (PreparedStatement upsert = connection.prepareStatement("""
                    insert into delivery (webhook_id, endpoint_id, notification_id, org_id, type, state, attempts, reason,
                        created_at, settled_at, next_attempt_at, payload_at, round)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
                        payload_at = coalesce(excluded.payload_at, delivery.payload_at),
                        round_open = delivery.round_open
                            and not (excluded.settled_at is not null and excluded.round = delivery.round)
                    """.replace("$counts", COUNTS))) {
                for (LogEntry entry : entries) {
                    upsert.setString(1, entry.delivery().webhookId());
                    upsert.setString(2, entry.delivery().endpointId());
                    upsert.setString(3, entry.delivery().notificationId());
                    upsert.setString(4, entry.delivery().orgId());
                    upsert.setString(5, entry.delivery().type());
                    upsert.setString(6, entry.state().text());
                    upsert.setInt(7, entry.attempts());
                    upsert.setString(8, entry.reason().orElse(null));
                    upsert.setObject(9, utc(entry.at()));
                    upsert.setObject(
                            10,
                            entry.settlement().map(it -> utc(it.settledAt())).orElse(null));
                    upsert.setObject(11, nextAttemptAt(entry));
                    upsert.setObject(12, stored.contains(Key.of(entry)) ? utc(now) : null);
                    upsert.setInt(13, entry.round());
                    upsert.addBatch();
                }
                upsert.executeBatch();
            }
            return null;
        });
    }

    private static @Nullable OffsetDateTime nextAttemptAt(LogEntry entry) {
        return entry.attempt()
                .flatMap(LoggedAttempt::nextAttemptAt)
                .map(DeliveryLogRepository::utc)
                .orElse(null);
    }

    /** The rows are locked by now: what they say stands. Nothing is said of what has not ended, as where a round alone has failed. */
    private void tell(List<LoggedDelivery> deliveries) {
        if (deliveries.isEmpty()) {
            return;
        }
        List<Known> known = known(deliveries);
        for (int i = 0; i < deliveries.size(); i++) {
            LoggedDelivery delivery = deliveries.get(i);
            known.get(i).settlement().ifPresent(settlement -> database.send(SettledRecord.of(delivery, settlement)));
        }
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
