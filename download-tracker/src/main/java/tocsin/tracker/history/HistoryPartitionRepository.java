package tocsin.tracker.history;

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

/** The partitions of the table {@code download}, one for each day, named {@code download_20260415}. */
final class HistoryPartitionRepository {

    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("'download_'uuuuMMdd");

    private HistoryPartitionRepository() {}

    /** Makes those that are missing. Neither writers nor readers of the others wait for it. */
    static void create(Connection connection, Collection<LocalDate> days) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Two instances meet a new day at the same time.
            statement.execute("select pg_advisory_xact_lock(hashtextextended(current_schema() || '.download', 0))");
            for (LocalDate day : days) {
                String name = NAME.format(day);
                if (!exists(connection, name)) {
                    // Attached: creating it as a partition would lock out everybody.
                    statement.execute("create table " + name + " (like download including all)");
                    statement.execute("alter table download attach partition " + name + " for values from ('" + day
                            + "') to ('" + day.plusDays(1) + "')");
                }
            }
        }
    }

    private static boolean exists(Connection connection, String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select to_regclass(?) is not null")) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** Of all partitions but {@link HistoryDays#OUTSIDE}, the oldest first. */
    static List<LocalDate> days(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
                        where i.inhparent = 'download'::regclass and c.relname ~ '^download_[0-9]{8}$'
                        order by c.relname
                        """);
                ResultSet row = query.executeQuery()) {
            List<LocalDate> days = new ArrayList<>();
            while (row.next()) {
                days.add(LocalDate.parse(row.getString(1), NAME));
            }
            return days;
        }
    }

    /** Gives up after some seconds if somebody reads for long: whoever asks next would wait behind us. */
    static void drop(Connection connection, LocalDate day) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local lock_timeout = '3s'");
            statement.execute("drop table " + NAME.format(day));
        }
    }

    /** @return how many rows that lie in no day's partition were received before that time and are gone now */
    static int deleteOutside(Connection connection, Instant receivedBefore) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("delete from download_outside where received_at < ?")) {
            delete.setObject(1, OffsetDateTime.ofInstant(receivedBefore, ZoneOffset.UTC));
            return delete.executeUpdate();
        }
    }
}
