package tocsin.sender.deliverylog;

import jakarta.inject.Singleton;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tocsin.sender.database.DatabaseClient;

/** Reads the table {@code delivery}. */
@Singleton
public final class DeliveryPageRepository {

    private static final String COLUMNS = "sequence, webhook_id, endpoint_id, notification_id, org_id, type, state,"
            + " attempts, reason, created_at, settled_at, next_attempt_at,"
            + " case when round_open then round_trigger end open_trigger";

    private final DatabaseClient database;

    DeliveryPageRepository(DatabaseClient database) {
        this.database = database;
    }

    /**
     * @param sequence tells deliveries of the same instant apart
     * @param attempts made so far, in the round that counts
     * @param nextAttemptAt when the next attempt is due, as long as the ladder goes on
     * @param underWay what somebody has asked for that has not ended: {@code resend} or {@code replay}
     */
    public record Entry(
            long sequence,
            LoggedDelivery delivery,
            DeliveryState state,
            int attempts,
            Optional<String> reason,
            Instant createdAt,
            Optional<Instant> settledAt,
            Optional<Instant> nextAttemptAt,
            Optional<String> underWay) {}

    /**
     * Which deliveries. Only those of that organisation: a request can name the endpoint of another one, and then its failure is nothing for
     * the endpoint's owner to see.
     *
     * @param since first heard of then or later
     * @param until first heard of before then
     */
    record Filter(
            String orgId,
            Optional<String> endpointId,
            Optional<DeliveryState> state,
            Optional<String> type,
            Optional<Instant> since,
            Optional<Instant> until) {

        static Filter ofEndpoint(String orgId, String endpointId) {
            return new Filter(
                    orgId,
                    Optional.of(endpointId),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }
    }

    /**
     * The newest first.
     *
     * @param after the last of the page before
     */
    List<Entry> page(Filter filter, Optional<LogCursor> after, int limit) {
        StringBuilder sql = new StringBuilder("select " + COLUMNS + " from delivery where org_id = ?");
        List<Object> parameters = new ArrayList<>(List.of(filter.orgId()));
        filter.endpointId().ifPresent(it -> add(sql, " and endpoint_id = ?", parameters, it));
        filter.state().ifPresent(it -> add(sql, " and state = ?", parameters, it.text()));
        filter.type().ifPresent(it -> add(sql, " and type = ?", parameters, it));
        filter.since().ifPresent(it -> add(sql, " and created_at >= ?", parameters, utc(it)));
        filter.until().ifPresent(it -> add(sql, " and created_at < ?", parameters, utc(it)));
        after.ifPresent(it -> {
            add(sql, " and (created_at, sequence) < (?, ?)", parameters, utc(it.createdAt()));
            parameters.add(it.sequence());
        });
        add(sql, " order by created_at desc, sequence desc limit ?", parameters, limit);
        return list(sql.toString(), parameters);
    }

    /** All to whatever endpoint that have this id: one, unless who asked for them gave it twice. */
    public List<Entry> find(String orgId, String webhookId) {
        if (!FilterRules.isId(webhookId)) {
            return List.of();
        }
        return list(
                "select " + COLUMNS + " from delivery where org_id = ? and webhook_id = ? order by sequence limit 100",
                List.of(orgId, webhookId));
    }

    private static void add(StringBuilder sql, String condition, List<Object> parameters, Object parameter) {
        sql.append(condition);
        parameters.add(parameter);
    }

    private List<Entry> list(String sql, List<Object> parameters) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(sql)) {
                for (int i = 0; i < parameters.size(); i++) {
                    query.setObject(i + 1, parameters.get(i));
                }
                List<Entry> entries = new ArrayList<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        entries.add(entry(row));
                    }
                }
                return entries;
            }
        });
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getLong("sequence"),
                new LoggedDelivery(
                        row.getString("webhook_id"),
                        row.getString("endpoint_id"),
                        row.getString("notification_id"),
                        row.getString("org_id"),
                        row.getString("type")),
                DeliveryState.of(row.getString("state")),
                row.getInt("attempts"),
                Optional.ofNullable(row.getString("reason")),
                instant(row.getObject("created_at", OffsetDateTime.class)).orElseThrow(),
                instant(row.getObject("settled_at", OffsetDateTime.class)),
                instant(row.getObject("next_attempt_at", OffsetDateTime.class)),
                Optional.ofNullable(row.getString("open_trigger")));
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static Optional<Instant> instant(@Nullable OffsetDateTime time) {
        return Optional.ofNullable(time).map(OffsetDateTime::toInstant);
    }
}
