package tocsin.tracker.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.PostgresServer;

/** The history's schema as it is brought up to date beside others that use it. */
class MigrationTest {

    private static final String DATABASE = "migration";

    private PostgresServer postgres;

    @BeforeEach
    void startServer() {
        postgres = PostgresServer.start();
        postgres.createDatabase(DATABASE);
    }

    @AfterEach
    void stopServer() {
        postgres.close();
    }

    private HistoryDatabaseClient client(Duration limit) {
        return new HistoryDatabaseClient(new HistoryConfig(
                true,
                postgres.jdbcUrl(DATABASE),
                postgres.username(),
                postgres.password(),
                "download_tracker",
                365,
                5_000,
                10,
                limit,
                5_000));
    }

    @Test
    void givesUpAStatementThatTakesLongerThanItMayAndTriesAgain() throws SQLException {
        // Given a schema that lacks its newest change, and somebody who keeps the table that it is about
        try (HistoryDatabaseClient complete = client(Duration.ofMinutes(1))) {
            complete.inTransaction(connection -> execute(
                    connection,
                    "alter table erasure drop column subject_hash",
                    "delete from flyway_schema_history where version = '0006'"));
        }
        try (HistoryDatabaseClient client = client(Duration.ofSeconds(1));
                Connection other = postgres.dataSource(DATABASE).getConnection()) {
            other.setAutoCommit(false);
            execute(other, "lock table download_tracker.erasure in access exclusive mode");

            // When
            assertTimeoutPreemptively(
                    Duration.ofSeconds(20), () -> assertThrows(SQLException.class, () -> client.inTransaction(_ -> 1)));

            // Then the server has given it up too, and does not go on with what nobody waits for
            Integer waiting = number(
                    other,
                    "select count(*) from pg_stat_activity where pid <> pg_backend_pid() and wait_event_type = 'Lock'");
            assertEquals(0, waiting);
            other.rollback();
            Integer withHash =
                    client.inTransaction(connection -> number(connection, "select count(subject_hash) from erasure"));
            assertEquals(0, withHash);
        }
    }

    private static Integer number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getInt(1);
        }
    }

    private static Integer execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
            return statements.length;
        }
    }
}
