package tocsin.sender.deliverylog;

import jakarta.inject.Singleton;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import tocsin.sender.database.DatabaseClient;
import tocsin.service.database.CopyRows;

/** The table {@code delivery_attempt}. */
@Singleton
final class AttemptRepository {

    /** A day's partition that begins later cannot hold them; the clocks of two instances may differ. */
    private static final Duration SLACK = Duration.ofHours(1);

    private static final String COPIED =
            "delivery_attempt (webhook_id, endpoint_id, attempt, trigger, started_at, duration_ms, status,"
                    + " error_class, reason, dns_ms, connect_ms, tls_ms, first_byte_ms, address, tls_version, key_ids,"
                    + " request_headers, response_headers, response_body, response_body_cut, next_attempt_at, round)";

    private static final int COPIED_COLUMNS = 22;

    private static final int USUAL_BYTES = 1_024;

    private final DatabaseClient database;

    AttemptRepository(DatabaseClient database) {
        this.database = database;
    }

    /** Those that the entries tell of. */
    void insert(List<LogEntry> entries) {
        CopyRows rows = new CopyRows(entries.size() * USUAL_BYTES);
        boolean any = false;
        for (LogEntry entry : entries) {
            if (entry.attempt().isPresent()) {
                add(rows, entry, entry.attempt().get());
                any = true;
            }
        }
        if (any) {
            database.copy(COPIED, rows);
        }
    }

    /** In the order of {@link #COPIED}. */
    private static void add(CopyRows rows, LogEntry entry, LoggedAttempt attempt) {
        Wire wire = attempt.wire();
        rows.row(COPIED_COLUMNS)
                .text(entry.delivery().webhookId())
                .text(entry.delivery().endpointId())
                .integer(attempt.number())
                .text(attempt.trigger().map(Trigger::text))
                .time(attempt.startedAt())
                .bigint(attempt.took().toMillis())
                .integer(attempt.status())
                .text(attempt.errorClass())
                .text(attempt.reason())
                .integer(millis(wire.dns()))
                .integer(millis(wire.connect()))
                .integer(millis(wire.tls()))
                .integer(millis(wire.firstByte()))
                .text(wire.address())
                .text(wire.tlsVersion())
                .texts(wire.keyIds())
                .texts(flat(wire.requestHeaders()))
                .texts(flat(wire.responseHeaders()))
                .text(wire.responseBody())
                .bool(wire.responseBodyCut())
                .time(attempt.nextAttemptAt())
                .integer(entry.round());
    }

    private static Optional<Integer> millis(Optional<Duration> duration) {
        return duration.map(it -> Math.toIntExact(it.toMillis()));
    }

    private static List<String> flat(List<LoggedHeader> headers) {
        return headers.stream()
                .flatMap(header -> Stream.of(header.name(), header.value()))
                .toList();
    }

    /**
     * The last of one delivery, in the order in which they were written.
     *
     * @param since when the delivery was first heard of
     */
    List<LoggedAttempt> of(String webhookId, String endpointId, Instant since, int most) {
        return database.inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement("""
                select attempt, trigger, started_at, duration_ms, status, error_class, reason, dns_ms, connect_ms, tls_ms,
                    first_byte_ms, address, tls_version, key_ids, request_headers, response_headers, response_body,
                    response_body_cut, next_attempt_at
                from delivery_attempt where webhook_id = ? and endpoint_id = ? and started_at >= ?
                order by id desc limit ?
                """)) {
                query.setString(1, webhookId);
                query.setString(2, endpointId);
                query.setObject(3, since.minus(SLACK).atOffset(ZoneOffset.UTC));
                query.setInt(4, most);
                List<LoggedAttempt> attempts = new ArrayList<>();
                try (ResultSet row = query.executeQuery()) {
                    while (row.next()) {
                        attempts.add(attempt(row));
                    }
                }
                return List.copyOf(attempts.reversed());
            }
        });
    }

    private static LoggedAttempt attempt(ResultSet row) throws SQLException {
        return new LoggedAttempt(
                row.getInt("attempt"),
                Optional.ofNullable(row.getString("trigger")).map(it -> Trigger.valueOf(it.toUpperCase(Locale.ROOT))),
                row.getObject("started_at", OffsetDateTime.class).toInstant(),
                Duration.ofMillis(row.getLong("duration_ms")),
                Optional.ofNullable(row.getObject("status", Integer.class)),
                Optional.ofNullable(row.getString("error_class")),
                Optional.ofNullable(row.getString("reason")),
                new Wire(
                        duration(row, "dns_ms"),
                        duration(row, "connect_ms"),
                        duration(row, "tls_ms"),
                        duration(row, "first_byte_ms"),
                        Optional.ofNullable(row.getString("address")),
                        Optional.ofNullable(row.getString("tls_version")),
                        List.of((String[]) row.getArray("key_ids").getArray()),
                        headers((String[]) row.getArray("request_headers").getArray()),
                        headers((String[]) row.getArray("response_headers").getArray()),
                        Optional.ofNullable(row.getString("response_body")),
                        row.getBoolean("response_body_cut")),
                Optional.ofNullable(row.getObject("next_attempt_at", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant));
    }

    private static Optional<Duration> duration(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, Integer.class)).map(Duration::ofMillis);
    }

    private static List<LoggedHeader> headers(String[] flat) {
        List<LoggedHeader> headers = new ArrayList<>();
        for (int i = 0; i + 1 < flat.length; i += 2) {
            headers.add(new LoggedHeader(flat[i], flat[i + 1]));
        }
        return headers;
    }

    /** Takes out what receivers answered to these, who may have repeated what they were sent. */
    void forgetAnswers(List<LoggedDelivery> deliveries) {
        database.inTransaction(connection -> {
            try (PreparedStatement update = connection.prepareStatement("""
                update delivery_attempt set response_body = null, response_headers = '{}'
                where webhook_id = ? and endpoint_id = ? and (response_body is not null or response_headers <> '{}')
                """)) {
                for (LoggedDelivery delivery : deliveries) {
                    update.setString(1, delivery.webhookId());
                    update.setString(2, delivery.endpointId());
                    update.addBatch();
                }
                update.executeBatch();
            }
            return null;
        });
    }
}
