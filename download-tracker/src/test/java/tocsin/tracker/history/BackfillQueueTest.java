package tocsin.tracker.history;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.tracker.history.RunningTracker.LIMIT;
import static tocsin.tracker.history.RunningTracker.admin;

import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.PostgresServer;
import tocsin.tracker.history.BackfillPageRepository.PageFailedException;

/** Backfills are done one after the other; one that cannot go on holds up nobody, and one that is cancelled is over. */
class BackfillQueueTest {

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
    void sendsAPageAgainThatTheBrokersDidNotTake() {
        // Given
        backfills.recordMany(3);
        BackfillPageRepository pages = backfills.byHand();
        String id = backfills.start("{'since':'1970-01-01T00:00:00Z','rows_per_second':4}");
        List<UUID> refused = new ArrayList<>();
        List<UUID> sent = new ArrayList<>();

        // When
        PageFailedException failed = assertThrows(
                PageFailedException.class,
                () -> pages.step(rows -> {
                    rows.forEach(row -> refused.add(row.eventId()));
                    throw new KafkaException("not taken");
                }));
        tell(pages, failed, "not taken");
        String shown = backfills.shown(id);
        dueNow();
        for (int i = 0; i < 3; i++) {
            Backfills.stepUntilSent(pages, rows -> rows.forEach(row -> sent.add(row.eventId())));
        }

        // Then
        assertEquals(id, failed.backfill().toString());
        assertTrue(shown.contains("\"published_rows\":0") && shown.contains("\"trouble\":\"not taken\""), shown);
        assertEquals(List.of(new UUID(0x8000L, 0)), refused);
        assertEquals(List.of(new UUID(0x8000L, 0), new UUID(0x8000L, 1), new UUID(0x8000L, 2)), sent);
        assertFalse(backfills.shown(id).contains("trouble"));
    }

    @Test
    void letsTheOthersGoOnWhileOneIsInTrouble() throws SQLException {
        // Given the older of two, which fails each time
        backfills.recordMany(
                40,
                download -> download.setAudience(
                        download.getEventId().compareTo(new UUID(0x8000L, 20).toString()) < 0
                                ? "org:stuck"
                                : "org:acme"));
        BackfillPageRepository pages = backfills.byHand();
        String stuck = backfills.start("{'since':'1970-01-01T00:00:00Z','org_id':'stuck'}");
        String behind = backfills.start("{'since':'1970-01-01T00:00:00Z','org_id':'acme'}");
        BackfillPageRepository.Sending sending = rows -> {
            if (rows.getFirst().audience().text().equals("org:stuck")) {
                throw new KafkaException("not taken");
            }
        };

        // When
        List<UUID> failed = new ArrayList<>();
        await().atMost(LIMIT).until(() -> {
            try {
                pages.step(sending);
            } catch (PageFailedException e) {
                failed.add(e.backfill());
                tell(pages, e, "not taken");
            }
            return !backfills.shown(behind).contains("running");
        });

        // Then
        assertEquals(UUID.fromString(stuck), failed.getFirst());
        assertTrue(backfills.shown(behind).contains("\"published_rows\":20"), backfills.shown(behind));
        assertTrue(backfills.shown(stuck).contains("\"trouble\":\"not taken\""), backfills.shown(stuck));
        dueNow();
        Backfills.stepUntilDone(pages, rows -> {});
        assertTrue(backfills.shown(stuck).contains("\"published_rows\":20"), backfills.shown(stuck));
    }

    @Test
    void triesLaterEachTimeAndAtMostAMinuteLater() throws SQLException {
        // Given
        backfills.recordMany(1);
        BackfillPageRepository pages = backfills.byHand();
        UUID id = UUID.fromString(backfills.start(Backfills.ALL));

        for (int seconds : List.of(3, 6, 12, 24, 48, 60, 60)) {
            // When
            String before = backfills.tracker.query("select clock_timestamp()");
            pages.troubled(id, "not taken");
            String after = backfills.tracker.query("select clock_timestamp()");

            // Then
            assertEquals(
                    "t",
                    backfills.tracker.query(
                            "select not_before between timestamptz '" + before + "' + interval '" + seconds
                                    + " seconds' and timestamptz '" + after + "' + interval '" + seconds
                                    + " seconds' from backfill"),
                    seconds + " s");
        }
    }

    @Test
    void publishesNothingAfterItIsCancelled() throws SQLException {
        // Given one that is under way
        backfills.recordMany(30);
        BackfillPageRepository pages = backfills.byHand();
        String id = backfills.start("{'since':'1970-01-01T00:00:00Z','rows_per_second':40}");
        Backfills.stepUntilSent(pages, backfills.toTheTopic());

        // When
        HttpResponse<String> cancelled = backfills.cancel(id);
        int then = backfills.tracker.records(Backfills.RECORDED).size();
        BackfillPageRepository.Step next = pages.step(backfills.toTheTopic());

        // Then what is asked for next does not wait for it
        assertEquals(200, cancelled.statusCode(), cancelled.body());
        assertTrue(cancelled.body().contains("\"state\":\"cancelled\""), cancelled.body());
        assertEquals(40, then);
        assertEquals(0, next.rows());
        backfills.start(Backfills.ALL);
        Backfills.stepUntilDone(pages, backfills.toTheTopic());
        assertEquals(then + 30, backfills.tracker.records(Backfills.RECORDED).size());
        assertEquals(200, backfills.cancel(id).statusCode());
    }

    @Test
    void doesOneAfterTheOtherAndNotAnyNumber() {
        // Given
        backfills.recordMany(1);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < BackfillRepository.MOST_RUNNING - 1; i++) {
            ids.add(queue(Backfills.ALL));
        }

        // When
        HttpResponse<String> more = backfills.post(Backfills.ALL);

        // Then
        assertEquals(409, more.statusCode(), more.body());
        letGo();
        ids.forEach(backfills::awaitEnd);
        assertEquals(
                1 + ids.size(), backfills.tracker.records(Backfills.RECORDED).size());
        assertEquals(
                409,
                backfills
                        .tracker
                        .send("DELETE", "/v1/backfills/" + ids.getFirst(), admin(), "")
                        .statusCode());
        String list = backfills.tracker.get("/v1/backfills", admin()).body();
        assertTrue(list.indexOf(ids.getLast()) < list.indexOf(ids.getFirst()), list);
    }

    private static void tell(BackfillPageRepository pages, PageFailedException failed, String why) {
        try {
            pages.troubled(failed.backfill(), why);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As if the time until the next try were over. */
    private void dueNow() {
        backfills.tracker.execute("update backfill set not_before = clock_timestamp()");
    }

    /** As {@link Backfills#start}, but the service itself does not come to it. */
    private String queue(String body) {
        backfills.tracker.execute("insert into backfill (backfill_id, requested_at, fetched_since, fetched_until,"
                + " rows_per_second, not_before, state) values ('00000000-0000-0000-0000-000000000001', '1970-01-01',"
                + " '1970-01-01', '1970-01-02', 1, '2100-01-01', 'running') on conflict do nothing");
        return backfills.start(body);
    }

    private void letGo() {
        backfills.tracker.execute("delete from backfill where not_before > '2099-01-01'");
    }
}
