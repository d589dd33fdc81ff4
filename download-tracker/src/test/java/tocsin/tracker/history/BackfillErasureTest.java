package tocsin.tracker.history;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.tracker.history.RunningTracker.LIMIT;
import static tocsin.tracker.history.RunningTracker.download;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.testsupport.PostgresServer;

/** A backfill never shows who is erased, whenever that comes. */
class BackfillErasureTest {

    private static PostgresServer postgres;
    private Backfills backfills;

    @BeforeAll
    static void startServer() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        postgres.close();
    }

    @BeforeEach
    void startTracker() {
        backfills = new Backfills(postgres);
    }

    @AfterEach
    void closeTracker() {
        backfills.close();
    }

    @Test
    void showsNobodyWhoIsErasedWhileItRuns() throws SQLException {
        // Given two people and a token, and a backfill that has published a quarter
        for (int i = 0; i < 400; i++) {
            backfills.tracker.record(download(i, backfills.now.minusSeconds(3_600))
                    .setAudience(i % 2 == 0 ? "org:acme" : "token:" + Backfills.TOKEN)
                    .setPrincipal(Backfills.human(i % 2 == 0 ? "user-" + i % 4 : Backfills.TOKEN)));
        }
        backfills.tracker.flush();
        backfills.tracker.awaitRows(400);
        BackfillPageRepository pages = backfills.byHand();
        backfills.start("{'since':'1970-01-01T00:00:00Z','rows_per_second':400}");
        Backfills.stepUntilSent(pages, backfills.toTheTopic());
        int before = backfills.tracker.records(Backfills.RECORDED).size();

        // When
        backfills.erase("{'org_id':'acme','principal_id':'user-2'}");
        backfills.erase("{'token_id':'" + Backfills.TOKEN + "'}");
        Backfills.stepUntilDone(pages, backfills.toTheTopic());

        // Then
        List<DownloadRecorded> after = backfills.latest(before);
        assertEquals(500, before);
        assertEquals(150, after.size());
        for (DownloadRecorded download : after) {
            assertEquals("org:acme", download.getAudience());
            assertTrue(
                    List.of("user-0", "erased").contains(download.getPrincipal().getId()), download.toString());
            assertEquals(
                    download.getPrincipal().getId().equals("erased"),
                    download.getPrincipal().getName().isEmpty());
        }
        assertTrue(after.stream()
                .anyMatch(download -> download.getPrincipal().getId().equals("erased")));
        backfills.tracker.awaitCaughtUp();
        assertEquals("200", backfills.tracker.query("select count(*) from download"));
    }

    @Test
    void letsAnErasureWaitForThePageThatWasReadBeforeIt() throws Exception {
        // Given
        backfills.recordMany(3, download -> download.setPrincipal(Backfills.human("user-1")));
        BackfillPageRepository pages = backfills.byHand();
        backfills.start("{'since':'1970-01-01T00:00:00Z','rows_per_second':4}");
        Erasure erasure = new Erasure(
                "erasure-1",
                backfills.now.plusSeconds(60),
                new ErasureSubject.OfOrganisation(new Audience.Organisation("acme"), "user-1"));
        List<String> sent = new ArrayList<>();
        List<Boolean> remembered = new ArrayList<>();
        Thread eraser = Thread.ofVirtual().unstarted(() -> backfills.remember(erasure));

        // When it comes while a page with its subject is on its way
        Backfills.stepUntilSent(pages, rows -> {
            rows.forEach(row -> sent.add(row.principal().id()));
            eraser.start();
            await().atMost(LIMIT)
                    .until(
                            () -> backfills.tracker.query("select count(*) from pg_locks where locktype = 'advisory'"
                                    + " and not granted and database = (select oid from pg_database"
                                    + " where datname = current_database())"),
                            "1"::equals);
            remembered.add(eraser.isAlive());
        });
        eraser.join();
        Backfills.stepUntilSent(
                pages, rows -> rows.forEach(row -> sent.add(row.principal().id())));

        // Then
        assertEquals(List.of(true), remembered);
        assertEquals(List.of("user-1", "erased"), sent);
    }
}
