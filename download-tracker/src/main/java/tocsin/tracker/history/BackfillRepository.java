package tocsin.tracker.history;

import static tocsin.tracker.history.DownloadPageRepository.time;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.Audience;

/** Keeps backfills in the table {@code backfill}: who is asked for one, how far each is, and that it is over. */
final class BackfillRepository {

    /** They run one after the other. */
    static final int MOST_RUNNING = 10;

    static final String COLUMNS =
            "backfill_id, requested_at, org_id, fetched_since, fetched_until, rows_per_second, cursor_day";
    private static final int MOST_SHOWN = 100;
    private static final Duration REMEMBERED = Duration.ofDays(90);

    private final HistoryDatabaseClient database;

    BackfillRepository(HistoryDatabaseClient database) {
        this.database = database;
    }

    /** @return false if as many as may be are running already */
    boolean add(Backfill backfill) throws SQLException {
        return database.inTransaction(connection -> {
            try (PreparedStatement insert = connection.prepareStatement("""
                    insert into backfill
                        (backfill_id, requested_at, org_id, fetched_since, fetched_until, rows_per_second)
                    select ?, ?, ?, ?, ?, ? where (select count(*) from backfill where state = 'running') < ?
                    """)) {
                insert.setObject(1, backfill.id());
                insert.setObject(2, time(backfill.requestedAt()));
                insert.setString(
                        3,
                        backfill.organisation()
                                .map(Audience.Organisation::orgId)
                                .orElse(null));
                insert.setObject(4, time(backfill.since()));
                insert.setObject(5, time(backfill.until()));
                insert.setInt(6, backfill.rowsPerSecond());
                insert.setInt(7, MOST_RUNNING);
                return insert.executeUpdate() > 0;
            }
        });
    }

    Optional<Backfill.Progress> find(UUID id) throws SQLException {
        return list("where backfill_id = ?", id).stream().findFirst();
    }

    /** The newest first, no more than a hundred. */
    List<Backfill.Progress> newest() throws SQLException {
        return list("", null);
    }

    private List<Backfill.Progress> list(String which, @Nullable UUID id) throws SQLException {
        return database.inTransaction(connection -> {
            List<LocalDate> kept = HistoryPartitionRepository.days(connection);
            try (PreparedStatement query = connection.prepareStatement(
                    "select " + COLUMNS + ", state, ended_at, published_rows, unreadable_rows, trouble from backfill "
                            + which + " order by requested_at desc, backfill_id limit " + MOST_SHOWN)) {
                if (id != null) {
                    query.setObject(1, id);
                }
                try (ResultSet row = query.executeQuery()) {
                    List<Backfill.Progress> found = new ArrayList<>();
                    while (row.next()) {
                        found.add(progress(row, kept));
                    }
                    return found;
                }
            }
        });
    }

    private static Backfill.Progress progress(ResultSet row, List<LocalDate> kept) throws SQLException {
        Backfill backfill = backfill(row);
        NavigableSet<LocalDate> days = days(backfill, kept);
        @Nullable LocalDate at = row.getObject(7, LocalDate.class);
        Backfill.State state = Backfill.State.valueOf(row.getString(8).toUpperCase(Locale.ROOT));
        return new Backfill.Progress(
                backfill,
                state,
                Optional.ofNullable(row.getObject(9, OffsetDateTime.class)).map(OffsetDateTime::toInstant),
                days.size(),
                state == Backfill.State.DONE
                        ? days.size()
                        : at == null ? 0 : days.headSet(at).size(),
                row.getLong(10),
                row.getLong(11),
                Optional.ofNullable(row.getString(12)));
    }

    /** @param row of {@link #COLUMNS} */
    static Backfill backfill(ResultSet row) throws SQLException {
        return new Backfill(
                row.getObject(1, UUID.class),
                instant(row, 2),
                Optional.ofNullable(row.getString(3)).map(Audience.Organisation::new),
                instant(row, 4),
                instant(row, 5),
                row.getInt(6));
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /** Where its rows can lie, of what is kept; what lies in no day's partition may be from any time. */
    static NavigableSet<LocalDate> days(Backfill backfill, List<LocalDate> kept) {
        LocalDate first = HistoryDays.day(backfill.since());
        LocalDate last = HistoryDays.day(backfill.until());
        NavigableSet<LocalDate> days = new TreeSet<>();
        days.add(HistoryDays.OUTSIDE);
        kept.stream().filter(day -> !day.isBefore(first) && !day.isAfter(last)).forEach(days::add);
        return days;
    }

    /**
     * Waits for the page that is on its way; nothing is published after it.
     *
     * @return false if it does not run any more, or there is none
     */
    boolean cancel(UUID id) throws SQLException {
        return database.inTransaction(connection -> end(connection, id, Backfill.State.CANCELLED));
    }

    static boolean end(Connection connection, UUID id, Backfill.State state) throws SQLException {
        try (PreparedStatement end = connection.prepareStatement(
                "update backfill set state = ?, ended_at = clock_timestamp(), trouble = null"
                        + " where backfill_id = ? and state = 'running'")) {
            end.setString(1, state.name().toLowerCase(Locale.ROOT));
            end.setObject(2, id);
            return end.executeUpdate() > 0;
        }
    }

    /** Those that ended long ago. */
    void forget(Instant now) throws SQLException {
        database.inTransaction(connection -> {
            try (PreparedStatement forget =
                    connection.prepareStatement("delete from backfill where ended_at < ? and state <> 'running'")) {
                forget.setObject(1, time(now.minus(REMEMBERED)));
                return forget.executeUpdate();
            }
        });
    }
}
