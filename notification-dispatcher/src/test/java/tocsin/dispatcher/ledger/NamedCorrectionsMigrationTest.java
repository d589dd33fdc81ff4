package tocsin.dispatcher.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.PostgresServer;

/** What was told and taken back before corrections named it is named once, by the order of the times. */
class NamedCorrectionsMigrationTest {

    /** The first that names. */
    private static final int NAMES = 18;

    /**
     * One incident, one notification an hour.
     *
     * @param told kind, destination, state, reason of each; taken back but for the last after a slash
     */
    private static String rowsOf(int incident, String... told) {
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < told.length; i++) {
            String[] words = told[i].split(" ", -1);
            String id = "00000000-0000-4000-8000-0000000%02d0%02d".formatted(incident, i);
            sql.append("""
                    insert into notification
                      (notification_id, audience, kind, subject, incident_id, destinations, created_at, taken_back)
                    values ('%s', 'org:acme', '%s', 'x', '00000000-0000-4000-9000-%012d', 1,
                      timestamptz '2026-01-01T00:00:00Z' + interval '%d hours', %s);
                    insert into ledger (notification_id, destination, message_id, state, reason)
                    values ('%s', '%s', 'm', '%s', %s);
                    """.formatted(
                            id,
                            words[0],
                            incident,
                            i,
                            words[words.length - 1].equals("void"),
                            id,
                            words[1],
                            words[2],
                            words[3].equals("-") ? "null" : "'" + words[3] + "'"));
        }
        return sql.toString();
    }

    @Test
    void namesTheCorrectionThatTookItBack() throws Exception {
        try (PostgresServer postgres = PostgresServer.start()) {
            // Given
            MigratedDatabase database = new MigratedDatabase(postgres);
            database.migrate(version -> version < NAMES);
            database.run(
                    // Two destinations; told, taken back and told again.
                    rowsOf(
                                    1,
                                    "breach WH1 delivered - void",
                                    "follow_up email delivered - void",
                                    "withdrawn WH1 delivered - void",
                                    "breach WH1 delivered -")
                            // The first correction failed, and the next was of both.
                            + rowsOf(
                                    2,
                                    "breach WH1 delivered - void",
                                    "withdrawn WH1 failed - void",
                                    "breach WH1 failed - void",
                                    "withdrawn WH1 pending - void")
                            // It rang anew before the correction went.
                            + rowsOf(
                                    3,
                                    "breach WH1 delivered - void",
                                    "withdrawn WH1 suppressed told_again void",
                                    "breach WH1 delivered -")
                            // All of it failed.
                            + rowsOf(4, "breach WH1 failed - void", "withdrawn WH1 suppressed not_told void")
                            // An unsent mail, and a mail that is itself a correction.
                            + rowsOf(5, "breach email suppressed advisory_withdrawn void")
                            + rowsOf(6, "undelivered email delivered - void")
                            + "update notification set corrects = true where kind = 'undelivered'");

            // When
            database.migrate(version -> version >= NAMES);

            // Then
            assertEquals(
                    List.of(
                            "1.0 breach by 1.2",
                            "1.1 follow_up by nobody",
                            "1.2 withdrawn -",
                            "1.3 breach -",
                            "2.0 breach by 2.3",
                            "2.1 withdrawn -",
                            "2.2 breach by 2.3",
                            "2.3 withdrawn -",
                            "3.0 breach -",
                            "3.1 withdrawn -",
                            "3.2 breach -",
                            "4.0 breach by 4.1",
                            "4.1 withdrawn -",
                            "5.0 breach -",
                            "6.0 undelivered -"),
                    database.rows("""
                            with numbered as (
                              select notification_id, kind, right(incident_id::text, 2)::int || '.' || right(notification_id::text, 2)::int as number
                              from notification)
                            select n.number || ' ' || n.kind || ' ' || case when l.taken_back_by is null then '-'
                              else 'by ' || coalesce((select c.number from numbered c where c.notification_id = l.taken_back_by), 'nobody') end
                            from ledger l join numbered n using (notification_id) order by n.number
                            """));
        }
    }
}
