package tocsin.tracker.history;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.tracker.history.RunningTracker.LIMIT;
import static tocsin.tracker.history.RunningTracker.admin;
import static tocsin.tracker.history.RunningTracker.download;

import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Audience;
import tocsin.testsupport.PostgresServer;

/** Whoever searches a lot, or for what takes long, takes nothing from the others and from the history's own work. */
class SearchLimitsTest {

    private PostgresServer postgres;
    private RunningTracker tracker;

    @BeforeEach
    void start() {
        postgres = PostgresServer.start();
        // Four of all, and two of one organisation while the others have none.
        tracker = new RunningTracker(postgres, Map.of("tocsin.history.maximum-pool-size", HistoryConfig.OWN_WORK + 4));
        tracker.start();
        tracker.record(download(1, tracker.now()));
        tracker.flush();
        tracker.awaitRows(1);
    }

    @AfterEach
    void stop() {
        tracker.close();
        postgres.close();
    }

    @Test
    void leavesPlacesToOthersAndConnectionsToTheHistorysOwnWork() throws Exception {
        List<Future<HttpResponse<String>>> searching = new ArrayList<>();
        try (ExecutorService members = Executors.newVirtualThreadPerTaskExecutor();
                Connection holder = tracker.connection();
                Statement hold = holder.createStatement()) {
            // Given two organisations with as many long searches as each of them may have now
            holder.setAutoCommit(false);
            hold.execute("lock table download_tracker.download in access exclusive mode");
            searching.add(members.submit(() -> search("acme")));
            searching.add(members.submit(() -> search("acme")));
            awaitBlocked(2);
            searching.add(members.submit(() -> search("other")));
            awaitBlocked(3);

            // When
            List<HttpResponse<String>> refused = new ArrayList<>(List.of(search("acme"), search("other")));
            searching.add(members.submit(() -> search("third")));
            awaitBlocked(4);
            refused.add(search("fourth"));

            // Then
            for (HttpResponse<String> answer : refused) {
                assertEquals(429, answer.statusCode(), answer.body());
                assertTrue(answer.headers().firstValueAsLong("retry-after").orElse(0) > 0);
            }
            assertEquals(
                    200, tracker.get("/v1/backfills", admin()).statusCode(), "there are connections left for work");
            holder.rollback();
            for (Future<HttpResponse<String>> each : searching) {
                assertEquals(200, each.get().statusCode(), each.get().body());
            }
        }
        assertEquals(200, search("acme").statusCode());
    }

    @Test
    void givesUpAfterOneDeadlineOverAllLooks() {
        // Given looks of which each is quick enough
        tracker.execute("alter table download_tracker.download rename to kept");
        tracker.execute("create view download_tracker.download as select * from download_tracker.kept"
                + " where (select pg_sleep(0.3)) is not null");
        HistoryDatabaseClient database = tracker.bean(HistoryDatabaseClient.class);
        DownloadQuestion question = new DownloadQuestion(
                new Audience.Organisation("acme"),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.of("nobody"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                10);
        Instant now = tracker.now();

        // When
        SQLException tooLong = assertThrows(
                SQLException.class,
                () -> new DownloadPageRepository(database, Duration.ofMillis(900)).page(question, now));

        // Then
        assertEquals(DownloadPageRepository.TOO_LONG, tooLong.getSQLState());
    }

    private void awaitBlocked(int searches) {
        await().atMost(LIMIT)
                .until(
                        () -> tracker.query("select count(*) from pg_locks where not granted"
                                + " and relation = 'download'::regclass"),
                        Integer.toString(searches)::equals);
    }

    private HttpResponse<String> search(String org) {
        return tracker.get(
                "/v1/orgs/" + org + "/downloads",
                RunningTracker.ISSUER.token("somebody").org(org, "member").sign());
    }
}
