package tocsin.dispatcher.store;

import io.micronaut.transaction.TransactionOperations;
import io.micronaut.transaction.exceptions.TransactionException;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * SQL with positional parameters for the repositories. A statement joins the transaction that runs, or is one by itself. Parameters may be
 * {@link Instant}, {@link Optional}, string arrays and what JDBC takes.
 */
@Singleton
public final class SqlClient {

    /** Reads one row. */
    @FunctionalInterface
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Unchecked: who tells a fault of the work from one of the database must not have to expect that it is thrown undeclared. */
    private static final class StatementFailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StatementFailedException(SQLException cause) {
            super("a statement failed", cause);
        }
    }

    /** Rows may have a megabyte each. */
    private static final int FEW = 20;

    private final TransactionOperations<Connection> transactions;

    SqlClient(TransactionOperations<Connection> transactions) {
        this.transactions = transactions;
    }

    /** All or nothing; joins a transaction that runs already. */
    public <T> T inTransaction(Supplier<T> work) {
        return transactions.executeWrite(status -> work.get());
    }

    /** As {@link #inTransaction(Supplier)} for work that has no answer. */
    public void inTransaction(Runnable work) {
        transactions.executeWrite(status -> {
            work.run();
            return true;
        });
    }

    /** @return rows that were changed */
    public int update(String sql, @Nullable Object... parameters) {
        return transactions.executeWrite(status -> {
            try (PreparedStatement statement = prepare(status.getConnection(), sql, parameters)) {
                return statement.executeUpdate();
            } catch (SQLException e) {
                throw new StatementFailedException(e);
            }
        });
    }

    public <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        return transactions.executeWrite(status -> {
            try (PreparedStatement statement = prepare(status.getConnection(), sql, parameters);
                    ResultSet result = statement.executeQuery()) {
                List<T> rows = new ArrayList<>();
                while (result.next()) {
                    rows.add(reader.read(result));
                }
                return rows;
            } catch (SQLException e) {
                throw new StatementFailedException(e);
            }
        });
    }

    /** What is done with one row. Other statements may be executed meanwhile, and do not change what is read. */
    @FunctionalInterface
    public interface RowConsumer {
        void accept(ResultSet row) throws SQLException;
    }

    /** As {@link #query} for more rows than there is room for: they come from the database few at a time. */
    public void each(String sql, RowConsumer consumer, @Nullable Object... parameters) {
        transactions.executeWrite(status -> {
            try (PreparedStatement statement = prepare(status.getConnection(), sql, parameters)) {
                statement.setFetchSize(FEW);
                try (ResultSet result = statement.executeQuery()) {
                    while (result.next()) {
                        consumer.accept(result);
                    }
                }
                return true;
            } catch (SQLException e) {
                throw new StatementFailedException(e);
            }
        });
    }

    /** The first row, if there is one. */
    public <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... parameters) {
        return query(sql, reader, parameters).stream().findFirst();
    }

    /** A lock of that name until the transaction ends; others who ask for it wait. */
    public void lock(String name) {
        query("select pg_advisory_xact_lock(hashtextextended(?, 0))", row -> true, name);
    }

    /** Holds off {@link #lock} of that name, not other shared holders, until the transaction ends. */
    public void lockShared(String name) {
        query("select pg_advisory_xact_lock_shared(hashtextextended(?, 0))", row -> true, name);
    }

    public static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    public static Optional<Instant> optionalInstant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    /**
     * Whether a failure says that the database cannot work now, so that the same may succeed later; otherwise it is the work itself that is at
     * fault, such as a text that the database does not take.
     */
    public static boolean isOutage(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof SQLException sql) {
                String state = sql.getSQLState();
                return state == null || !(state.startsWith("22") || state.startsWith("23"));
            }
            if (e instanceof TransactionException) {
                return true;
            }
        }
        return false;
    }

    /** Whether the database ended the transaction because another one stood in its way (class 40): done again, it may well succeed. */
    public static boolean isConflict(Throwable failure) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (e instanceof SQLException sql) {
                return String.valueOf(sql.getSQLState()).startsWith("40");
            }
        }
        return false;
    }

    private static PreparedStatement prepare(Connection connection, String sql, @Nullable Object[] parameters)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, jdbc(connection, parameters[i]));
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }

    private static @Nullable Object jdbc(Connection connection, @Nullable Object value) throws SQLException {
        return switch (value) {
            case Optional<?> optional -> jdbc(connection, optional.orElse(null));
            case Instant instant -> instant.atOffset(ZoneOffset.UTC);
            case String[] texts -> connection.createArrayOf("text", texts);
            case null -> null;
            default -> value;
        };
    }
}
