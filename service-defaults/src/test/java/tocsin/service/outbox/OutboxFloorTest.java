package tocsin.service.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tocsin.service.outbox.OutboxFloor.Running;
import tocsin.testsupport.PostgresServer;

class OutboxFloorTest {

    private final OutboxFloor floor = new OutboxFloor();

    @BeforeEach
    void begin() {
        quiet(1);
    }

    private static Running running(long oldest, long own) {
        return new Running("the same", oldest, own);
    }

    /** Nobody else writes. */
    private void quiet(long transaction) {
        floor.runs(running(transaction, transaction));
    }

    private void riseTo(long id) {
        floor.looked(id, true);
        quiet(10);
        floor.looked(0, true);
        quiet(10);
        floor.looked(0, true);
        assertEquals(id, floor.id());
    }

    @Test
    void risesToWhatWasSentOnceAllHaveEndedThatRanThen() {
        // Given
        floor.looked(100, true);
        assertEquals(0, floor.id());

        // When one that runs may have drawn an id below
        floor.runs(running(7, 10));
        floor.looked(100, true);
        floor.runs(running(7, 12));
        floor.looked(100, true);

        // Then
        assertEquals(0, floor.id());

        // When it has ended, though others run that began later
        floor.runs(running(10, 13));
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
        floor.runs(running(10, 11));
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
        riseTo(100);

        // When
        quiet(10);
        floor.looked(0, true);

        // Then
        assertEquals(100, floor.id());
    }

    @Test
    void beginsAnewWithAnotherServer() {
        // Given
        riseTo(100);

        // When one that was behind takes over
        floor.runs(new Running("another", 8, 8));

        // Then
        assertEquals(0, floor.id());
        floor.looked(98, true);
        floor.runs(new Running("another", 9, 9));
        floor.looked(98, true);
        floor.runs(new Running("another", 10, 10));
        floor.looked(98, true);
        assertEquals(98, floor.id());
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

            // When
            Running meanwhile = new OutboxRepository().running(relay);

            // Then
            assertEquals(writer, meanwhile.oldest());
            assertTrue(meanwhile.own() > writer);

            // When
            writes.commit();
            Running after = new OutboxRepository().running(relay);

            // Then
            assertTrue(after.oldest() > meanwhile.own());
            assertEquals(meanwhile.server(), after.server());
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
