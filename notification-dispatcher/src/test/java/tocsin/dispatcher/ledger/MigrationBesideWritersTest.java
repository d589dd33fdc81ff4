package tocsin.dispatcher.ledger;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.PostgresServer;

/** The counters begin exact, although another instance writes while the migration that makes them runs. */
class MigrationBesideWritersTest {

    @Test
    void countsWhatIsCommittedWhileItWaits() throws Exception {
        try (PostgresServer postgres = PostgresServer.start()) {
            // Given
            MigratedDatabase database = new MigratedDatabase(postgres);
            database.migrate(version -> version == 1);
            try (Connection writer = database.connection();
                    Statement statement = writer.createStatement()) {
                writer.setAutoCommit(false);
                statement.execute("""
                        insert into notification values (gen_random_uuid(), 'org:acme', 'breach', 'x', null, 1, now());
                        insert into ledger select notification_id, 'WH1', 'm1', 'pending' from notification
                        """);

                // When
                CompletableFuture<Void> migrated =
                        CompletableFuture.runAsync(() -> database.migrate(version -> version == 2));
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> database.rows(
                                                "select 1 from pg_stat_activity where datname = 'migrated' and wait_event_type = 'Lock'")
                                        .size()
                                == 1);
                writer.commit();
                migrated.join();
            }

            // Then
            assertEquals(
                    List.of("expected 1", "pending 1"),
                    database.rows(
                            "select counted || ' ' || sum(rows) from ledger_tally group by counted having sum(rows) <> 0 order by 1"));
        }
    }
}
