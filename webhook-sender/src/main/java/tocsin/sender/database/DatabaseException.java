package tocsin.sender.database;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement failed. Whether the database is at fault or the statement decides who has to wait. */
public final class DatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    // SQLState classes of PostgreSQL (appendix A of its manual): connection, resources, operator intervention, system.
    private static final List<String> OUTAGES = List.of("08", "53", "57", "58", "XX");

    private final boolean outage;

    DatabaseException(SQLException cause) {
        super("the database failed", cause);
        outage = isOutage(cause.getSQLState());
    }

    /** Whether every other statement would fail now, too. */
    public boolean isOutage() {
        return outage;
    }

    static boolean isOutage(@Nullable String sqlState) {
        // Hikari gives no state when it has no connection to give.
        return sqlState == null || OUTAGES.stream().anyMatch(sqlState::startsWith);
    }
}
