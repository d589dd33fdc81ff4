package tocsin.tracker.history;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.tracker.identity.Principal;

/** Reads the table {@code download} for who asks. */
final class DownloadPageRepository {

    static final String COLUMNS = """
            event_id, fetched_at, received_at, audience, ecosystem, package_name, version, source, origin_registry,
            principal_type, principal_id, principal_name, principal_email, principal_repository""";

    /** Times that a caller may give and that the database need not understand. */
    private static final Instant EARLIEST = Instant.EPOCH;

    private static final Instant LATEST = Instant.parse("+10000-01-01T00:00:00Z");
    /** The newest rows are asked for most: a first look goes to few partitions, each further one to four times as many. */
    private static final Duration FIRST_LOOK = Duration.ofDays(8);

    /** PostgreSQL's own state of a statement that was cancelled. */
    static final String TOO_LONG = "57014";
    /** Of all looks of one question. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HistoryDatabaseClient database;
    private final Duration patience;

    DownloadPageRepository(HistoryDatabaseClient database, Duration patience) {
        this.database = database;
        this.patience = patience;
    }

    /**
     * Newest first, at most as many as were asked for.
     *
     * @throws SQLException of {@link #TOO_LONG} if the looks together took longer than they may
     */
    List<HistoryRow> page(DownloadQuestion question, Instant now) throws SQLException {
        return database.inTransaction(connection -> {
            long began = System.nanoTime();
            try (Statement statement = connection.createStatement()) {
                statement.execute("set transaction read only");
            }
            Instant earliest = bounded(question.since().orElse(EARLIEST));
            Instant end = bounded(question.until().orElse(LATEST));
            if (question.before().isPresent()) {
                end = earlier(end, question.before().get().fetchedAt().plusMillis(1));
            }
            Instant from = later(earliest, earlier(end, now).minus(FIRST_LOOK));
            List<HistoryRow> rows = new ArrayList<>();
            Duration look = FIRST_LOOK;
            while (true) {
                if (from.isBefore(end)) {
                    limit(connection, patience.minusNanos(System.nanoTime() - began));
                    look(connection, question, from, end, question.limit() - rows.size(), rows);
                    end = from;
                }
                if (rows.size() == question.limit() || !from.isAfter(earliest)) {
                    return rows;
                }
                look = look.multipliedBy(4);
                // Days that the history can still hold are few; what lies before them is one look.
                from = look.toDays() > 10_000 ? earliest : later(earliest, from.minus(look));
            }
        });
    }

    private static void limit(Connection connection, Duration left) throws SQLException {
        if (left.toMillis() < 1) {
            throw new SQLException("the looks took too long together", TOO_LONG);
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local statement_timeout = " + left.toMillis());
        }
    }

    private static Instant bounded(Instant time) {
        return time.isBefore(EARLIEST) ? EARLIEST : time.isAfter(LATEST) ? LATEST : time;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** Every row that was fetched from one time until before the other, whatever partition it lies in. */
    private static void look(
            Connection connection, DownloadQuestion question, Instant from, Instant end, int limit, List<HistoryRow> to)
            throws SQLException {
        StringBuilder sql = new StringBuilder("select " + COLUMNS
                + " from download where audience = ? and fetched_at >= ? and fetched_at < ?"
                + " and (day between ? and ? or day = ?)");
        List<Object> values = new ArrayList<>(List.of(
                question.organisation().text(),
                time(from),
                time(end),
                HistoryDays.day(from),
                HistoryDays.day(end),
                HistoryDays.OUTSIDE));
        question.before().ifPresent(cursor -> {
            sql.append(" and (fetched_at, event_id) < (?, ?)");
            values.add(time(cursor.fetchedAt()));
            values.add(cursor.eventId());
        });
        and(question.packageName(), "package_name", sql, values);
        and(question.ecosystem().map(Ecosystem::wireName), "ecosystem", sql, values);
        and(question.principalId(), "principal_id", sql, values);
        and(question.repository(), "principal_repository", sql, values);
        if (!question.versions().isEmpty()) {
            sql.append(" and version = any (?)");
            values.add(connection.createArrayOf("text", question.versions().toArray()));
        }
        sql.append(" order by fetched_at desc, event_id desc limit ?");
        values.add(limit);
        try (PreparedStatement query = connection.prepareStatement(sql.toString())) {
            for (int i = 0; i < values.size(); i++) {
                query.setObject(i + 1, values.get(i));
            }
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    to.add(row(row));
                }
            }
        }
    }

    private static void and(Optional<String> value, String column, StringBuilder sql, List<Object> values) {
        if (value.isPresent()) {
            sql.append(" and ").append(column).append(" = ?");
            values.add(value.get());
        }
    }

    static OffsetDateTime time(Instant instant) {
        return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    /** @param row of {@link #COLUMNS} */
    static HistoryRow row(ResultSet row) throws SQLException {
        return new HistoryRow(
                row.getObject(1, UUID.class),
                row.getObject(2, OffsetDateTime.class).toInstant(),
                row.getObject(3, OffsetDateTime.class).toInstant(),
                Audience.parse(row.getString(4)),
                new PackageKey(Ecosystem.ofWireName(row.getString(5)).orElseThrow(), row.getString(6)),
                row.getString(7),
                row.getString(8),
                text(row.getString(9)),
                new Principal(
                        Principal.Kind.valueOf(row.getString(10)),
                        row.getString(11),
                        text(row.getString(12)),
                        text(row.getString(13)),
                        text(row.getString(14))));
    }

    private static Optional<String> text(@Nullable String text) {
        return Optional.ofNullable(text);
    }
}
