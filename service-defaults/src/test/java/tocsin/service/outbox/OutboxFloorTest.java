package tocsin.service.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import tocsin.service.outbox.OutboxFloor.Running;
import tocsin.testsupport.PostgresServer;

class OutboxFloorTest {

    private final OutboxFloor floor = new OutboxFloor();

    /** Nobody else writes. */
    private void quiet(long transaction) {
        floor.runs(new Running(transaction, transaction));
    }

    @Test
    void risesToWhatWasSentOnceAllHaveEndedThatRanThen() {
        // Given
        floor.looked(100, true);
        assertEquals(0, floor.id());

        // When one that runs may have drawn an id below
        floor.runs(new Running(7, 10));
        floor.looked(100, true);
        floor.runs(new Running(7, 12));
        floor.looked(100, true);

        // Then
        assertEquals(0, floor.id());

        // When it has ended, though others run that began later
        floor.runs(new Running(10, 13));
        floor.looked(0, true);

        // Then
        assertEquals(100, floor.id());
    }

    @Test
    void doesNotRiseOverWhatIsLeft() {
        // Given
        floor.looked(1_000, true);
        quiet(10);
        floor.looked(0, true);
        quiet(10);

        // When what was drawn early and came late is many
        floor.looked(500, false);
        assertEquals(0, floor.id());

        // Then
        floor.looked(999, false);
        assertEquals(0, floor.id());
        floor.looked(1_000, false);
        assertEquals(1_000, floor.id());
    }

    @Test
    void doesNotRiseToWhatWasSentAfterTheTransactionsWereLookedAt() {
        // Given
        floor.looked(100, true);
        quiet(10);
        floor.looked(200, true);

        // When
        floor.runs(new Running(10, 11));
        floor.looked(0, true);

        // Then: of 200 nobody knows who ran when it was sent
        assertEquals(100, floor.id());
        quiet(11);
        floor.looked(0, true);
        assertEquals(200, floor.id());
    }

    @Test
    void neverFalls() {
        // Given
        floor.looked(100, true);
        quiet(10);
        floor.looked(0, true);
        quiet(10);
        floor.looked(0, true);

        // When
        quiet(10);
        floor.looked(0, true);

        // Then
        assertEquals(100, floor.id());
    }

    @Test
    void knowsOfTheServersTransactionsThoseThatWrite() throws SQLException {
        try (PostgresServer server = PostgresServer.start();
                Connection reads = server.dataSource().getConnection();
                Connection writes = server.dataSource().getConnection();
                Connection relay = server.dataSource().getConnection()) {
            // Given
            reads.setAutoCommit(false);
            number(reads, "select 1");
            writes.setAutoCommit(false);
            long writer = number(writes, "select pg_current_xact_id()::text::bigint");
            number(relay, "select pg_current_xact_id()::text::bigint");

            // When
            Running meanwhile = new OutboxRepository().running(relay);

            // Then
            assertEquals(writer, meanwhile.oldest());
            assertTrue(meanwhile.next() > writer);

            // When
            writes.commit();
            Running after = new OutboxRepository().running(relay);

            // Then
            assertEquals(after.next(), after.oldest());
            assertTrue(after.oldest() >= meanwhile.next());
        }
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }
}
