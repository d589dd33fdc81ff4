package tocsin.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import tocsin.testsupport.PostgresServer;

/** The dispatcher's ledger, which must know of a mail before it is asked for. */
final class LedgerTableRepository implements AutoCloseable {

    static final String AUDIENCE = "org:org-bench";

    private final Connection connection;

    LedgerTableRepository(PostgresServer postgres) {
        try {
            connection = DriverManager.getConnection(postgres.jdbcUrl(), postgres.username(), postgres.password());
            connection.setSchema("notification_dispatcher");
        } catch (SQLException e) {
            throw new IllegalStateException("no connection to the dispatcher's tables", e);
        }
    }

    static String notification(int number) {
        return "00000000-0000-4000-8000-%012x".formatted(number);
    }

    /** Notifications with a pending mail each, the first of them number 0. */
    void expect(int mails) {
        try (PreparedStatement notifications = connection.prepareStatement("""
                        insert into notification (notification_id, audience, kind, subject, destinations, created_at)
                        select ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, ?, 'event', 'bench', 1, now()
                        from generate_series(0, ? - 1) n
                        """);
                Statement rows = connection.createStatement()) {
            notifications.setString(1, AUDIENCE);
            notifications.setInt(2, mails);
            notifications.executeUpdate();
            rows.executeUpdate("""
                    insert into ledger (notification_id, destination, message_id, state)
                    select notification_id, 'email', notification_id::text, 'pending' from notification
                    """);
            rows.execute("analyze notification, ledger");
        } catch (SQLException e) {
            throw new IllegalStateException("the ledger cannot be filled", e);
        }
    }

    /** Mails whose row says so, by the ledger's own counters: counting rows takes what is measured away. */
    long delivered() {
        try (Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery(
                        "select coalesce(sum(rows), 0) from ledger_tally where counted = 'delivered'")) {
            count.next();
            return count.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException("the ledger cannot be read", e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("the connection cannot be closed", e);
        }
    }
}
