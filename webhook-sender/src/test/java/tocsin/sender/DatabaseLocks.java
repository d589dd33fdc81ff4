package tocsin.sender;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Who waits for whom in the database. */
public final class DatabaseLocks {

    private DatabaseLocks() {}

    /** Whether somebody waits for the end of this connection's transaction. */
    public static boolean isWaitedFor(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select exists (select 1 from pg_stat_activity where pg_backend_pid() = any (pg_blocking_pids(pid)))")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
