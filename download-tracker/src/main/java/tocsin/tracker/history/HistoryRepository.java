package tocsin.tracker.history;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.postgresql.PGConnection;
import tocsin.service.database.CopyRows;

/** Writes the table {@code download}. One thread's. */
final class HistoryRepository {

    private static final String UNIQUE_VIOLATION = "23505";
    /** PostgreSQL's answer to a row without partition, too. */
    private static final String CHECK_VIOLATION = "23514";
    /** Repeats come in droves, when a topic is read again. */
    private static final int BATCHES_BY_STAGE = 100;

    private static final int COLUMNS = 15;
    /** Of a row. */
    private static final int USUAL_BYTES = 320;

    private final HistoryDatabaseClient database;
    private final HistoryDays days;
    private final Clock clock;
    private final Set<LocalDate> known = new HashSet<>();
    private int byStage;

    HistoryRepository(HistoryDatabaseClient database, HistoryDays days, Clock clock) {
        this.database = database;
        this.days = days;
        this.clock = clock;
    }

    private record Key(UUID eventId, LocalDate day) {}

    /**
     * Stores all or none. What is there already stays as it is, and what is no longer kept does not come back.
     *
     * @return how many were not there
     */
    int store(List<HistoryRow> rows) throws SQLException {
        Instant now = clock.instant();
        Map<Key, HistoryRow> distinct = LinkedHashMap.newLinkedHashMap(rows.size());
        for (HistoryRow row : rows) {
            if (!days.isOver(row.fetchedAt(), row.receivedAt(), now)) {
                distinct.putIfAbsent(new Key(row.eventId(), days.of(row.fetchedAt(), now)), row);
            }
        }
        try {
            makePartitions(distinct.keySet());
            if (byStage > 0) {
                int stored = database.inTransaction(
                        connection -> storeByStage(connection, erased(connection, distinct, now)));
                byStage--;
                return stored;
            }
            return storeDirectly(distinct, now);
        } catch (SQLException e) {
            if (CHECK_VIOLATION.equals(e.getSQLState())) {
                // The upkeep took a partition away since. The next try looks again.
                known.clear();
            }
            throw e;
        }
    }

    private void makePartitions(Collection<Key> keys) throws SQLException {
        Set<LocalDate> missing = new HashSet<>();
        for (Key key : keys) {
            if (!key.day().equals(HistoryDays.OUTSIDE) && !known.contains(key.day())) {
                missing.add(key.day());
            }
        }
        if (!missing.isEmpty()) {
            database.inTransaction(connection -> {
                HistoryPartitionRepository.create(connection, missing);
                return null;
            });
            known.addAll(missing);
        }
    }

    /** Nearly always nothing is there already, and then nothing is faster. */
    private int storeDirectly(Map<Key, HistoryRow> rows, Instant now) throws SQLException {
        try {
            return database.inTransaction(connection -> {
                Map<Key, HistoryRow> kept = erased(connection, rows, now);
                copy(connection, "download", kept);
                return kept.size();
            });
        } catch (SQLException e) {
            if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw e;
            }
            byStage = BATCHES_BY_STAGE;
            return database.inTransaction(connection -> storeByStage(connection, erased(connection, rows, now)));
        }
    }

    /** A topic that is read again brings back who was erased since, and so does a log that is shipped late. */
    private static Map<Key, HistoryRow> erased(Connection connection, Map<Key, HistoryRow> rows, Instant now)
            throws SQLException {
        List<Erasure> standing = ErasureRepository.standing(connection, rows.values(), now);
        if (standing.isEmpty()) {
            return rows;
        }
        Map<Key, HistoryRow> kept = LinkedHashMap.newLinkedHashMap(rows.size());
        rows.forEach((key, row) -> Erasure.applied(standing, row).ifPresent(left -> kept.put(key, left)));
        return kept;
    }

    private static int storeByStage(Connection connection, Map<Key, HistoryRow> rows) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create temporary table if not exists stage (like download) on commit delete rows");
        }
        copy(connection, "pg_temp.stage", rows);
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into download select * from pg_temp.stage order by event_id, day on conflict do nothing")) {
            return insert.executeUpdate();
        }
    }

    private static void copy(Connection connection, String table, Map<Key, HistoryRow> rows) throws SQLException {
        CopyRows copy = new CopyRows(rows.size() * USUAL_BYTES);
        rows.forEach((key, row) -> add(copy, key.day(), row));
        try {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy " + table + " from stdin with (format binary)", copy.finished());
        } catch (IOException e) {
            throw new SQLException("the connection broke while rows were copied", "08006", e);
        }
    }

    /** In the order of the table's columns. */
    private static void add(CopyRows copy, LocalDate day, HistoryRow row) {
        copy.row(COLUMNS)
                .date(day)
                .uuid(row.eventId())
                .time(row.fetchedAt())
                .time(row.receivedAt())
                .text(row.audience().text())
                .text(row.packageKey().ecosystem().wireName())
                .text(row.packageKey().name())
                .text(row.version())
                .text(row.source())
                .text(row.originRegistry())
                .text(row.principal().kind().name())
                .text(row.principal().id())
                .text(row.principal().name())
                .text(row.principal().email())
                .text(row.principal().repository());
    }
}
