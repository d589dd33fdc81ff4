package tocsin.sender.deliverylog;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tocsin.sender.database.DatabaseClient;

/**
 * The days of {@code delivery_attempt} and {@code delivery_payload}, each a partition such as {@code delivery_attempt_20260415}.
 * The first one of the attempts holds all before it, too.
 */
@Singleton
final class LogPartitionRepository {

    private static final List<String> TABLES = List.of("delivery_attempt", "delivery_payload");
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("'_'uuuuMMdd");
    private static final int AT_ONCE = 1_000;

    private final DatabaseClient database;
    private final Set<LocalDate> known = ConcurrentHashMap.newKeySet();

    LogPartitionRepository(DatabaseClient database) {
        this.database = database;
    }

    /** So that rows of these times have a place. Asks the database only of days that {@link #makeAhead} has not made. */
    void makeFor(Set<Instant> times) {
        Set<LocalDate> missing = times.stream()
                .map(LogDays::of)
                .filter(day -> !known.contains(day))
                .collect(Collectors.toSet());
        if (!missing.isEmpty()) {
            make(missing);
        }
    }

    /** Not for use within a transaction: what is made is remembered. */
    void makeAhead(Collection<LocalDate> days) {
        make(days);
        known.addAll(days);
    }

    /** Neither writers nor readers of the other days wait for it. */
    private void make(Collection<LocalDate> days) {
        database.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                // Two instances meet a new day at the same time.
                statement.execute(
                        "select pg_advisory_xact_lock(hashtextextended(current_schema() || '.delivery_attempt', 0))");
                for (String table : TABLES) {
                    LocalDate first = firstWithAllBefore(connection, table);
                    for (LocalDate day : days) {
                        String name = table + DAY.format(day);
                        if (!day.isBefore(first) && !exists(connection, name)) {
                            // Attached: creating it as a partition would lock out everybody.
                            statement.execute("create table " + name + " (like " + table + " including all)");
                            statement.execute("alter table " + table + " attach partition " + name
                                    + " for values from ('" + day + " 00:00:00+00') to ('" + day.plusDays(1)
                                    + " 00:00:00+00')");
                        }
                    }
                }
            }
            return null;
        });
    }

    /** The day in whose partition all before it lies, too, as long as that is there. */
    private static LocalDate firstWithAllBefore(Connection connection, String table) throws SQLException {
        return days(connection, table, "and pg_get_expr(c.relpartbound, c.oid) like '%MINVALUE%'").stream()
                .findFirst()
                .orElse(LocalDate.EPOCH);
    }

    private static boolean exists(Connection connection, String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select to_regclass(?) is not null")) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** The oldest first. */
    private static List<LocalDate> days(Connection connection, String table, String condition) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                select right(c.relname, 9) from pg_inherits i join pg_class c on c.oid = i.inhrelid
                where i.inhparent = to_regclass(?) and c.relname ~ '_[0-9]{8}$'
                """ + condition + " order by 1")) {
            query.setString(1, table);
            List<LocalDate> days = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    days.add(LocalDate.parse(row.getString(1), DAY));
                }
            }
            return days;
        }
    }

    /** @return those that are there, of all tables, the oldest first */
    List<LocalDate> days() {
        return database.inTransaction(connection -> {
            List<LocalDate> all = new ArrayList<>();
            for (String table : TABLES) {
                all.addAll(days(connection, table, ""));
            }
            return all.stream().distinct().sorted().toList();
        });
    }

    /** Gives up after some seconds if somebody reads for long: whoever asks next would wait behind us. */
    void drop(LocalDate day) {
        database.inTransaction(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("set local lock_timeout = '3s'");
                for (String table : TABLES) {
                    statement.execute("drop table if exists " + table + DAY.format(day));
                }
            }
            return null;
        });
        known.remove(day);
    }

    /**
     * The rows that say how deliveries ended, some at a time; they have no day, since a repeat must find them whatever day it is.
     *
     * @return how many went that had ended by then and of which nothing was written since
     */
    int deleteSettled(Instant before) {
        return database.inTransaction(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("""
                    delete from delivery where (webhook_id, endpoint_id) in (
                        select webhook_id, endpoint_id from delivery
                        where settled_at < ? and (payload_at is null or payload_at < ?)
                        order by settled_at limit ? for update skip locked)
                    """)) {
                OffsetDateTime time = before.atOffset(ZoneOffset.UTC);
                delete.setObject(1, time);
                delete.setObject(2, time);
                delete.setInt(3, AT_ONCE);
                return delete.executeUpdate();
            }
        });
    }
}
