package tocsin.local.journey;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * All that the services' schemas hold at one moment, taken while they work, and put back in place of whatever is there then: what a dump is good
 * for, where no {@code pg_dump} can be had.
 */
final class DatabaseBackup {

    private static final String SCHEMAS = "('download_tracker', 'notification_dispatcher', 'webhook_sender')";
    private static final String KEPT_IN = "kept_for_restore";

    private final DataSource database;
    /** By table, its copy. */
    private final Map<String, String> copies = new TreeMap<>();
    /** By sequence, its last number. */
    private final Map<String, Long> numbers = new TreeMap<>();

    private DatabaseBackup(DataSource database) {
        this.database = database;
    }

    static DatabaseBackup take(DataSource database) throws SQLException {
        DatabaseBackup backup = new DatabaseBackup(database);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            // One moment for all tables, however long it takes.
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            for (String table : tables(statement)) {
                backup.copies.put(table, "%s.copy_%d".formatted(KEPT_IN, backup.copies.size()));
            }
            statement.execute("create schema " + KEPT_IN);
            for (Map.Entry<String, String> copy : backup.copies.entrySet()) {
                statement.execute("create table " + copy.getValue() + " as table " + copy.getKey());
            }
            for (String sequence : names(statement, """
                    select format('%I.%I', schemaname, sequencename) from pg_sequences where schemaname in
                    """ + SCHEMAS)) {
                try (ResultSet row = statement.executeQuery("select last_value from " + sequence)) {
                    row.next();
                    backup.numbers.put(sequence, row.getLong(1));
                }
            }
            connection.commit();
        }
        return backup;
    }

    /** What has come since is gone. */
    void restore() throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            // As a dump is restored: in any order of tables.
            statement.execute("set local session_replication_role = replica");
            statement.execute("truncate " + String.join(", ", tables(statement)));
            for (Map.Entry<String, String> copy : copies.entrySet()) {
                String columns = String.join(", ", names(statement, """
                        select format('%%I', attname) from pg_attribute
                        where attrelid = '%s'::regclass and attnum > 0 and not attisdropped and attgenerated = ''
                        """.formatted(copy.getKey())));
                statement.execute("insert into %s (%s) overriding system value select %s from %s"
                        .formatted(copy.getKey(), columns, columns, copy.getValue()));
            }
            for (Map.Entry<String, Long> number : numbers.entrySet()) {
                statement.execute("select setval('%s', %d)".formatted(number.getKey(), number.getValue()));
            }
            connection.commit();
        }
    }

    /** Those that hold rows themselves: partitions, not what they are parts of. */
    private static List<String> tables(Statement statement) throws SQLException {
        return names(statement, """
                select format('%I.%I', n.nspname, c.relname)
                from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind = 'r' and n.nspname in
                """ + SCHEMAS);
    }

    private static List<String> names(Statement statement, String query) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }
}
