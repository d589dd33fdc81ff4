package tocsin.sender.database;

import io.micronaut.jdbc.DataSourceResolver;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import tocsin.service.database.CopyRows;
import tocsin.service.outbox.Outbox;
import tocsin.service.outbox.OutboxRecord;

/** Runs work in transactions (read committed). A transaction within a transaction is the same one. */
@Singleton
public final class DatabaseClient {

    // SQLStates of PostgreSQL (appendix A of its manual), classes or single ones: connection; a standby, which reads
    // only;
    // authorization; no such database; resources; operator intervention; system.
    private static final List<String> OUTAGES = List.of("08", "25006", "28", "3D", "53", "57", "58", "XX");

    private static final String CONNECTION_FAILURE = "08006";

    private static final ScopedValue<Transaction> CURRENT = ScopedValue.newInstance();

    private final DataSource dataSource;
    private final Outbox outbox;

    DatabaseClient(DataSource dataSource, DataSourceResolver resolver, Outbox outbox) {
        // The plain pool: these transactions are our own and nobody's context.
        this.dataSource = resolver.resolve(dataSource);
        this.outbox = outbox;
    }

    /** What a repository does with a connection that it must neither commit nor close. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object> {
        T run(Connection connection) throws SQLException;
    }

    private record Transaction(Connection connection, List<OutboxRecord> records) {}

    /**
     * Commits when the work returns, rolls back when it throws.
     *
     * @throws DatabaseException if a statement or the commit fails
     */
    public <T extends @Nullable Object> T inTransaction(Work<T> work) {
        try {
            return CURRENT.isBound() ? work.run(CURRENT.get().connection()) : inNewTransaction(work);
        } catch (SQLException e) {
            throw new DatabaseException(e, isOutage(e.getSQLState()));
        }
    }

    /** Makes one transaction of all that happens in it. */
    public void together(Runnable work) {
        inTransaction(_ -> {
            work.run();
            return null;
        });
    }

    /**
     * Sends the record if the current transaction commits.
     *
     * @throws IllegalStateException outside a transaction
     */
    public void send(OutboxRecord record) {
        if (!CURRENT.isBound()) {
            throw new IllegalStateException("records are sent within a transaction");
        }
        CURRENT.get().records().add(record);
    }

    /**
     * Adds rows to a table, as a part of the current transaction or as one of their own.
     *
     * @param columns table and columns, as COPY wants them named
     * @param rows none of which may be there already
     */
    public void copy(String columns, CopyRows rows) {
        inTransaction(connection -> {
            try {
                return connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("copy " + columns + " from stdin with (format binary)", rows.finished());
            } catch (IOException e) {
                throw new SQLException("the connection broke while rows were copied", CONNECTION_FAILURE, e);
            }
        });
    }

    private <T extends @Nullable Object> T inNewTransaction(Work<T> work) throws SQLException {
        List<OutboxRecord> records = new ArrayList<>();
        T result;
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                result = ScopedValue.where(CURRENT, new Transaction(connection, records))
                        .call(() -> work.run(connection));
                if (!records.isEmpty()) {
                    // Last, so that the ids of a key's records follow the commits: the row is locked by now.
                    outbox.add(connection, records);
                }
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            }
        }
        if (!records.isEmpty()) {
            outbox.wake();
        }
        return result;
    }

    private static boolean isOutage(@Nullable String sqlState) {
        // The pool gives no state when it has no connection to give.
        return sqlState == null || OUTAGES.stream().anyMatch(sqlState::startsWith);
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
