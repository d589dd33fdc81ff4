package tocsin.service.database;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.jdbc.DataSourceResolver;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import tocsin.service.sample.SampleService;
import tocsin.testsupport.PostgresServer;

class PoolListenerTest {

    @Test
    void givesErrorsThatDoNotQuoteTheRow() throws SQLException {
        try (PostgresServer postgres = PostgresServer.start();
                SampleService service = SampleService.start(settings(postgres));
                Connection connection = connection(service);
                PreparedStatement insert = connection.prepareStatement("insert into thing (id) values (?)")) {
            // Given a row
            insert.setString(1, "ann@example.org");
            insert.executeUpdate();
            // When one like it is refused, alone and in a batch
            SQLException alone = assertThrows(SQLException.class, insert::executeUpdate);
            insert.addBatch();
            SQLException inBatch = assertThrows(SQLException.class, insert::executeBatch);
            // Then what would be logged says what rule was broken and not by whom
            for (String trace : new String[] {trace(alone), trace(inBatch)}) {
                assertTrue(trace.contains("thing_pkey"), trace);
                assertFalse(trace.contains("ann"), trace);
            }
        }
    }

    /** As a server whose machine lost its power. */
    @Test
    void givesUpAConnectionThatAnswersNothing() throws SQLException {
        try (PostgresServer postgres = PostgresServer.start();
                SampleService service = SampleService.start(settings(postgres));
                Connection connection = connection(service);
                Statement statement = connection.createStatement()) {
            // When
            long start = System.nanoTime();
            SQLException failure = assertThrows(SQLException.class, () -> statement.execute("select pg_sleep(60)"));

            // Then it is an outage, like any other
            assertTrue(Duration.ofNanos(System.nanoTime() - start).toSeconds() < 30);
            assertTrue(String.valueOf(failure.getSQLState()).startsWith("08"), failure.getSQLState());
        }
    }

    @Test
    void leavesAMigrationMoreTimeThanAnAnswer() throws Exception {
        try (PostgresServer postgres = PostgresServer.start();
                Connection other =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.username(), postgres.password());
                Statement holding = other.createStatement()) {
            // Given
            SampleService.start(settings(postgres)).close();
            other.setAutoCommit(false);
            holding.execute("lock table sample.flyway_schema_history in access exclusive mode");

            // When
            CompletableFuture<SampleService> second =
                    CompletableFuture.supplyAsync(() -> SampleService.start(settings(postgres)));
            await().atMost(Duration.ofSeconds(60)).until(() -> waitsForLongerThanAnAnswer(postgres));
            other.rollback();

            // Then
            second.get(60, TimeUnit.SECONDS).close();
        }
    }

    private static boolean waitsForLongerThanAnAnswer(PostgresServer postgres) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(postgres.jdbcUrl(), postgres.username(), postgres.password());
                Statement statement = connection.createStatement();
                ResultSet waiting = statement.executeQuery("""
                        select 1 from pg_stat_activity
                        where wait_event_type = 'Lock' and now() - query_start > interval '3 seconds'
                        """)) {
            return waiting.next();
        }
    }

    private static Map<String, Object> settings(PostgresServer postgres) {
        return Map.of(
                "datasources.default.url", postgres.jdbcUrl(),
                "datasources.default.username", postgres.username(),
                "datasources.default.password", postgres.password(),
                "tocsin.database.schema", "sample",
                "tocsin.database.answer-timeout", "PT2S");
    }

    private static Connection connection(SampleService service) throws SQLException {
        return service.bean(DataSourceResolver.class)
                .resolve(service.bean(DataSource.class))
                .getConnection();
    }

    private static String trace(SQLException e) {
        StringWriter trace = new StringWriter();
        for (Throwable each : e) {
            each.printStackTrace(new PrintWriter(trace, true));
        }
        return trace.toString();
    }
}
