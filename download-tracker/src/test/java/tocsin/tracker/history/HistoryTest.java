package tocsin.tracker.history;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.tracker.history.RunningTracker.LIMIT;
import static tocsin.tracker.history.RunningTracker.download;

import io.micronaut.runtime.server.EmbeddedServer;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Topics;
import tocsin.testsupport.PostgresServer;
import tocsin.tracker.Samples;

/** Each recorded download is in the history once, whatever becomes of the database, the instances and the topic. */
class HistoryTest {

    private static final int MANY = 3_000;
    private static final String CONTENT =
            "select md5(string_agg(d::text, ',' order by event_id)) from download d where d.audience = 'org:acme'";

    private static PostgresServer postgres;
    private RunningTracker tracker;

    @BeforeAll
    static void startServer() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        postgres.close();
    }

    @BeforeEach
    void makeTracker() {
        tracker = new RunningTracker(postgres, Map.of("tocsin.history.retention-days", 30));
    }

    @AfterEach
    void closeTracker() {
        tracker.close();
    }

    @Test
    void readingTheWholeTopicTwiceChangesNothing() {
        // Given
        tracker.start();
        Instant now = tracker.now();
        sendMany(0, MANY, now);
        tracker.awaitRows(MANY);
        String before = tracker.query(CONTENT);

        // When the same comes again, and something new between
        sendMany(0, MANY, now);
        tracker.record(download(MANY, now).setAudience("org:other"));
        sendMany(0, MANY, now);

        // Then
        tracker.awaitRows(MANY + 1);
        tracker.awaitCaughtUp();
        assertEquals(Integer.toString(MANY + 1), tracker.query("select count(*) from download"));
        assertEquals(before, tracker.query(CONTENT));
    }

    @Test
    void recordsWhileTheDatabaseIsStoppedAndCatchesUpAfter() {
        // Given the database is away already at the start
        postgres.stop();
        try {
            tracker.start();
            awaitHealth("readiness");
            Instant now = tracker.now();

            // When
            for (int i = 0; i < MANY; i++) {
                tracker.send(
                        Topics.DOWNLOAD_OBSERVED.name(),
                        "",
                        Samples.encoded(
                                Samples.observed().setEventId("req-" + i).setFetchedAt(now)));
            }
            tracker.flush();

            // Then the alarm's way is as it was
            RunningTracker.BROKER.awaitRecords(tracker.prefix + Topics.DOWNLOAD_RECORDED.name(), MANY, LIMIT);
            awaitHealth("readiness");
            awaitHealth("liveness");
            assertEquals(MANY, tracker.recordsBehind("download-tracker-history", Topics.DOWNLOAD_RECORDED));
            String token =
                    RunningTracker.ISSUER.token("m").org("acme", "member").sign();
            assertEquals(503, tracker.get("/v1/orgs/acme/downloads", token).statusCode());
        } finally {
            postgres.restart();
        }
        tracker.awaitRows(MANY);

        // And once more, under way
        Instant now = tracker.now();
        sendMany(0, MANY, now);
        postgres.stop();
        try {
            sendMany(MANY, 2 * MANY, now);
        } finally {
            postgres.restart();
        }
        tracker.awaitRows(3 * MANY);
    }

    @Test
    void loseNothingWhileInstancesComeAndGo() {
        // Given
        EmbeddedServer first = tracker.start();
        Instant now = tracker.now();
        sendMany(0, MANY, now);

        // When
        tracker.start();
        sendMany(MANY, 2 * MANY, now);
        await().atMost(LIMIT)
                .until(() -> !tracker.query("select count(*) from download").equals("0"));
        tracker.stop(first);
        sendMany(2 * MANY, 3 * MANY, now);

        // Then
        tracker.awaitRows(3 * MANY);
        tracker.awaitCaughtUp();
        assertEquals(Integer.toString(3 * MANY), tracker.query("select count(distinct event_id) from download"));
    }

    @Test
    void quarantinesWhatItCannotKeepAndKeepsItsNeighbours() {
        // Given
        tracker.start();
        Instant now = tracker.now();

        // When
        tracker.record(download(1, now));
        tracker.record(download(2, now).setEventId("not-a-uuid"));
        tracker.record(download(3, now).setVersion("1\u0000"));
        tracker.record(download(4, now).setFetchedAt(Instant.ofEpochMilli(Long.MAX_VALUE)));
        tracker.record(download(5, now).setReceivedAt(Instant.ofEpochMilli(Long.MIN_VALUE)));
        tracker.record(download(6, now).setVersion("x".repeat(2_000)));
        tracker.send(Topics.DOWNLOAD_RECORDED.name(), "key", new byte[] {1, 2, 3});
        tracker.record(download(7, now));
        tracker.flush();

        // Then
        tracker.awaitRows(2);
        RunningTracker.BROKER.awaitRecords(tracker.prefix + "download-tracker.quarantine", 6, LIMIT);
        tracker.awaitCaughtUp();
        assertEquals("2", tracker.query("select count(*) from download"));
    }

    @Test
    void keepsWrongClocksInOnePartition() {
        // Given
        tracker.start();
        Instant now = tracker.now();

        // When a clock is wrong by any number of years
        for (int i = 0; i < 500; i++) {
            Instant wrong = Instant.parse("2000-01-01T00:00:00Z").plus(i * 17L, ChronoUnit.DAYS);
            tracker.record(download(i, wrong).setReceivedAt(now));
            tracker.record(download(1_000 + i, now.plus(4 + i * 17L, ChronoUnit.DAYS)));
        }
        tracker.record(download(2_000, now));
        tracker.flush();

        // Then
        tracker.awaitRows(1_001);
        int partitions = Integer.parseInt(
                tracker.query("select count(*) from pg_inherits where inhparent = 'download'::regclass"));
        assertTrue(partitions <= 30 + 1 + 3 + 1, partitions + " partitions");
        assertTrue(Integer.parseInt(tracker.query("select count(*) from download_outside")) > 900);
    }

    @Test
    void dropsTheDaysThatAreNoLongerKept() throws SQLException {
        // Given
        tracker.start();
        Instant now = tracker.now();
        for (int day = 0; day <= 30; day++) {
            tracker.record(download(day, now.minus(day, ChronoUnit.DAYS)));
        }
        Instant longAgo = now.minus(100, ChronoUnit.DAYS);
        // Kept by the service under test, which looks at any time, and not by who keeps 20 days.
        tracker.record(download(100, longAgo).setReceivedAt(now.minus(25, ChronoUnit.DAYS)));
        tracker.record(download(101, longAgo).setReceivedAt(now));
        tracker.flush();
        tracker.awaitRows(33);

        // When ten days are over
        new HistoryUpkeepProcessor(
                        tracker.bean(HistoryDatabaseClient.class),
                        tracker.bean(ErasureRepository.class),
                        tracker.bean(BackfillRepository.class),
                        new HistoryLagClient(tracker.bean(tocsin.service.kafka.KafkaClients.class), "g", "t"),
                        new HistoryDays(20),
                        tracker.bean(HistoryMetrics.class),
                        tracker.bean(java.time.Clock.class))
                .keep();

        // Then
        LocalDate oldest = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(20);
        assertEquals(oldest.toString(), tracker.query("select min(day) from download where day > '1970-01-01'"));
        assertEquals("22", tracker.query("select count(*) from download"));
        assertEquals(
                "null",
                String.valueOf(tracker.query("select to_regclass('download_"
                        + oldest.minusDays(1).toString().replace("-", "") + "')")));
        assertEquals(
                "1",
                tracker.query("select count(*) from pg_class where relkind = 'r' and relname = 'download_"
                        + LocalDate.ofInstant(now, ZoneOffset.UTC)
                                .plusDays(3)
                                .toString()
                                .replace("-", "") + "'"));
    }

    @Test
    void makesAPartitionAgainThatAnotherInstanceDropped() {
        // Given
        tracker.start();
        Instant earlier = tracker.now().minus(25, ChronoUnit.DAYS);
        tracker.record(download(1, earlier));
        tracker.flush();
        tracker.awaitRows(1);

        // When
        tracker.execute("drop table download_"
                + LocalDate.ofInstant(earlier, ZoneOffset.UTC).toString().replace("-", ""));
        tracker.record(download(2, earlier));
        tracker.flush();

        // Then
        tracker.awaitRows(1);
        tracker.awaitCaughtUp();
        assertEquals(0, tracker.quarantined());
    }

    @Test
    void findsTheOneThatTheDatabaseRefusesAndKeepsItsNeighbours() {
        // Given a database that will have nothing of one version, whatever the reason
        tracker.start();
        Instant now = tracker.now();
        tracker.record(download(0, now));
        tracker.flush();
        tracker.awaitRows(1);
        tracker.execute("create function refuse() returns trigger language plpgsql as $$ begin"
                + " raise exception 'no' using errcode = '22021'; end $$");
        tracker.execute("create trigger refuse before insert on download for each row"
                + " when (new.version = '6.6.6') execute function refuse()");

        // When
        for (int i = 1; i < 100; i++) {
            tracker.record(download(i, now).setVersion(i == 37 || i == 38 ? "6.6.6" : "1.0.0"));
        }
        tracker.flush();

        // Then
        tracker.awaitRows(98);
        tracker.awaitCaughtUp();
        assertEquals("98", tracker.query("select count(*) from download"));
        assertEquals(2, tracker.quarantined());
    }

    @Test
    void bringsNothingBackThatIsNoLongerKept() {
        // Given
        tracker.start();
        Instant now = tracker.now();
        Instant over = now.minus(40, ChronoUnit.DAYS);

        // When
        tracker.record(download(1, over));
        tracker.record(download(2, over).setReceivedAt(now));
        tracker.record(download(3, now.minus(29, ChronoUnit.DAYS)));
        tracker.flush();

        // Then it is neither stored nor a fault; what was heard of late is kept for as long as from its receipt
        tracker.awaitRows(2);
        tracker.awaitCaughtUp();
        assertEquals(
                "2,3",
                tracker.query("select string_agg(right(event_id::text, 1), ',' order by event_id) from download"));
        assertEquals(0, tracker.quarantined());
    }

    private void sendMany(int from, int to, Instant fetchedAt) {
        for (int i = from; i < to; i++) {
            tracker.record(download(i, fetchedAt).setPackageName("pkg-" + i % 50));
        }
        tracker.flush();
    }

    private void awaitHealth(String kind) {
        await().atMost(LIMIT).until(() -> tracker.get("/health/" + kind, "").statusCode() == 200);
    }
}
