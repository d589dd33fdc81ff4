package tocsin.sender.deliverylog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tocsin.sender.SenderService;
import tocsin.testsupport.PostgresServer;

/** What was logged before the log had days stays where it is, and an instance of before can go on beside one of now. */
class LogMigrationTest {

    private final PostgresServer postgres = SenderService.shared().postgres();

    private static String script(String name) throws IOException {
        try (InputStream script = LogMigrationTest.class.getResourceAsStream("/db/migration/" + name)) {
            return new String(Objects.requireNonNull(script, name).readAllBytes(), UTF_8);
        }
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = postgres.dataSource("log_migrated").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> rows(String sql) throws SQLException {
        try (Connection connection = postgres.dataSource("log_migrated").getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(result.getString(1));
            }
            return rows;
        }
    }

    /** As the version before wrote it. */
    private void attemptOfBefore(int number, String startedAt) throws SQLException {
        run("insert into delivery_attempt (webhook_id, endpoint_id, attempt, started_at, duration_ms, status) values"
                + " ('m1', 'WH1', " + number + ", " + startedAt + ", 12, 503)");
    }

    @Test
    void keepsWhatIsThereAndTakesWhatComes() throws IOException, SQLException {
        // Given
        postgres.createDatabase("log_migrated");
        for (String before : List.of(
                "V1__endpoints_and_deliveries.sql",
                "V2__fair_parking.sql",
                "V3__secret_rotation.sql",
                "V4__formats.sql",
                "V5__erasures.sql",
                "V6__test_messages.sql")) {
            run(script(before));
        }
        run("insert into delivery (webhook_id, endpoint_id, notification_id, org_id, type, state, attempts, created_at)"
                + " values ('m1', 'WH1', 'n1', 'acme', 't', 'retrying', 2, now())");
        attemptOfBefore(1, "'2026-01-01T00:00:00Z'");
        attemptOfBefore(2, "now()");

        // When
        run(script("V7__delivery_log.sql"));

        // Then
        attemptOfBefore(3, "now()");
        assertEquals(
                List.of("1 1", "2 2", "3 3"),
                rows("select id || ' ' || attempt from delivery_attempt where webhook_id = 'm1' order by id"));
        assertEquals(
                List.of("delivery_attempt_today"),
                rows("select distinct replace(tableoid::regclass::text, to_char(now() at time zone 'UTC', 'YYYYMMDD'),"
                        + " 'today') from delivery_attempt"));
    }
}
