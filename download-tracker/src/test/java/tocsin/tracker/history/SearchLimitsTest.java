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
        // Two of one organisation, four of all.
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
    void leavesAPlaceToOthersAndConnectionsToTheHistorysOwnWork() throws Exception {
        List<Future<HttpResponse<String>>> searching = new ArrayList<>();
        try (ExecutorService members = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given searches that take long
            try (Connection holder = tracker.connection();
                    Statement hold = holder.createStatement()) {
                holder.setAutoCommit(false);
                hold.execute("lock table download_tracker.download in access exclusive mode");
                for (String org : List.of("acme", "acme", "other", "other")) {
                    searching.add(members.submit(() -> search(org)));
                }
                awaitBlocked(4);

                // When
                HttpResponse<String> more = search("acme");
                HttpResponse<String> others = search("third");

                // Then
                for (HttpResponse<String> refused : List.of(more, others)) {
                    assertEquals(429, refused.statusCode(), refused.body());
                    assertTrue(refused.headers().firstValueAsLong("retry-after").orElse(0) > 0);
                }
                assertEquals(
                        200, tracker.get("/v1/backfills", admin()).statusCode(), "there are connections left for work");
                holder.rollback();
            }
            for (Future<HttpResponse<String>> each : searching) {
                assertEquals(200, each.get().statusCode(), each.get().body());
            }
        }
        assertEquals(200, search("acme").statusCode());
    }

    @Test
    void leavesAPlaceToOthersWhenOneOrganisationHasItsOwn() throws Exception {
        try (ExecutorService members = Executors.newVirtualThreadPerTaskExecutor();
                Connection holder = tracker.connection();
                Statement hold = holder.createStatement()) {
            // Given one organisation that asks as much as it may
            holder.setAutoCommit(false);
            hold.execute("lock table download_tracker.download in access exclusive mode");
            List<Future<HttpResponse<String>>> searching = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                searching.add(members.submit(() -> search("acme")));
            }
            awaitBlocked(2);

            // When
            HttpResponse<String> third = search("acme");
            searching.add(members.submit(() -> search("other")));

            // Then
            assertEquals(429, third.statusCode(), third.body());
            awaitBlocked(3);
            holder.rollback();
            for (Future<HttpResponse<String>> each : searching) {
                assertEquals(200, each.get().statusCode(), each.get().body());
            }
        }
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
