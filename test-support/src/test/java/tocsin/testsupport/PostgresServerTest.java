package tocsin.testsupport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresServerTest {

    private PostgresServer server;

    @BeforeAll
    void start() {
        server = PostgresServer.start();
    }

    @AfterAll
    void close() {
        server.close();
    }

    @Test
    void tidiesUpWhenAsked() throws SQLException {
        try (Connection connection = server.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            // Given
            statement.execute("create table untidy as select generate_series(1, 10)");

            // When
            server.vacuumAndCheckpoint();

            // Then
            try (ResultSet known =
                    statement.executeQuery("select reltuples, relallvisible from pg_class where relname = 'untidy'")) {
                assertTrue(known.next());
                assertEquals(10, known.getInt(1));
                assertEquals(1, known.getInt(2));
            }
        }
    }

    @Test
    void keepsDataAndPortOverARestart() throws SQLException {
        // Given
        String before = server.jdbcUrl();
        execute(server.dataSource(), "create table kept as select 42 as answer");

        // When
        server.stop();
        assertThrows(SQLException.class, () -> server.dataSource().getConnection());
        server.restart();

        // Then
        assertEquals(before, server.jdbcUrl());
        assertEquals("42", query(server.dataSource(), "select answer from kept"));
    }

    @Test
    void isAsInProductionWhereItIsMeasured() throws SQLException {
        try (PostgresServer durable = PostgresServer.startDurable()) {
            assertEquals(
                    "on on on 1536MB 4GB",
                    query(
                            durable.dataSource(),
                            "select concat_ws(' ', current_setting('fsync'), current_setting('full_page_writes'),"
                                    + " current_setting('synchronous_commit'), current_setting('shared_buffers'),"
                                    + " current_setting('max_wal_size'))"));
        }
    }

    @Test
    void takesUpADirectoryThatAnEarlierServerUsed(@TempDir Path directory) throws SQLException {
        // Given
        try (PostgresServer earlier = PostgresServer.start(directory, 0)) {
            execute(earlier.dataSource(), "create table kept as select 42 as answer");
        }

        // When
        try (PostgresServer later = PostgresServer.start(directory, FreePorts.one())) {

            // Then
            assertEquals("42", query(later.dataSource(), "select answer from kept"));
            assertEquals("on", query(later.dataSource(), "show fsync"));
        }
        assertTrue(Files.exists(directory.resolve("PG_VERSION")));
    }

    @Test
    void takesOverADirectoryWhoseOwnerWasKilled(@TempDir Path directory) throws SQLException {
        // Given
        Path data = directory.resolve("data");
        ChildProcess owner = ChildProcess.named("owner")
                .main(BackendMain.class)
                .args(data.toString())
                .output(directory.resolve("owner.log"))
                .start();
        String line = owner.awaitLine(Pattern.compile("^started on "), Duration.ofSeconds(60));
        int leftPort = Integer.parseInt(line.substring("started on ".length()));
        owner.killHard();
        assertFalse(FreePorts.isFree(leftPort), "its server should have been left running");

        // When
        try (PostgresServer later = PostgresServer.start(data, 0)) {

            // Then
            assertEquals("1", query(later.dataSource(), "select 1"));
            assertTrue(FreePorts.isFree(leftPort), "two servers on one directory");
        }
    }

    @Test
    void isTheMajorVersionThatWeRunOn() throws SQLException {
        // Then
        assertTrue(query(server.dataSource(), "show server_version").startsWith("18."));
    }

    @Test
    void createsADatabaseOnceWhateverItsName() throws SQLException {
        // When
        server.createDatabase("a \"quoted\" Name");
        server.createDatabase("a \"quoted\" Name");
        String url = server.createDatabase("plain");

        // Then
        assertEquals(server.jdbcUrl("plain"), url);
        assertEquals("plain", query(server.dataSource("plain"), "select current_database()"));
        assertEquals(
                "1",
                query(server.dataSource(), "select count(*) from pg_database where datname = 'a \"quoted\" Name'"));
    }

    private static void execute(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
