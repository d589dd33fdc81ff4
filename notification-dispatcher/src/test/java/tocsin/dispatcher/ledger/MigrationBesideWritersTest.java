package tocsin.dispatcher.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.PostgresServer;

/** The counters begin exact, although another instance writes while the migration that makes them runs. */
class MigrationBesideWritersTest {

    private static String script(String name) throws IOException {
        try (InputStream script = MigrationBesideWritersTest.class.getResourceAsStream("/db/migration/" + name)) {
            return new String(Objects.requireNonNull(script, name).readAllBytes(), UTF_8);
        }
    }

    private static void run(DataSource database, String sql) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> rows(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(result.getString(1));
            }
            return rows;
        }
    }

    @Test
    void countsWhatIsCommittedWhileItWaits() throws Exception {
        try (PostgresServer postgres = PostgresServer.start()) {
            // Given
            postgres.createDatabase("migrated");
            DataSource database = postgres.dataSource("migrated");
            run(database, script("V1__dispatcher.sql"));
            String migration = script("V2__counters_and_retention.sql");
            try (Connection writer = database.getConnection();
                    Statement statement = writer.createStatement()) {
                writer.setAutoCommit(false);
                statement.execute("""
                        insert into notification values (gen_random_uuid(), 'org:acme', 'breach', 'x', null, 1, now());
                        insert into ledger select notification_id, 'WH1', 'm1', 'pending' from notification
                        """);

                // When
                CompletableFuture<Void> migrated = CompletableFuture.runAsync(() -> run(database, migration));
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> rows(
                                                database,
                                                "select 1 from pg_stat_activity where datname = 'migrated' and wait_event_type = 'Lock'")
                                        .size()
                                == 1);
                writer.commit();
                migrated.join();
            }

            // Then
            assertEquals(
                    List.of("expected 1", "pending 1"),
                    rows(
                            database,
                            "select counted || ' ' || sum(rows) from ledger_tally group by counted having sum(rows) <> 0 order by 1"));
        }
    }
}
