package tocsin.sender.delivery;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Keeps others from the deliveries' table, until it is closed. */
final class DeliveryTableLock implements AutoCloseable {

    private final Connection connection;

    /** @param mode as PostgreSQL calls it: whom it keeps from what */
    DeliveryTableLock(DataSource database, String mode) throws SQLException {
        connection = database.getConnection();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("lock table webhook_sender.delivery in " + mode + " mode");
        }
    }

    boolean holdsUpSomebody() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select exists (select from pg_locks where not granted"
                        + " and relation = 'webhook_sender.delivery'::regclass)")) {
            return row.next() && row.getBoolean(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
