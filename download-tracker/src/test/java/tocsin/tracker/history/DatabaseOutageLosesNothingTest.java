package tocsin.tracker.history;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.tracker.history.RunningTracker.LIMIT;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.testsupport.PostgresServer;
import tocsin.tracker.Samples;

/** PostgreSQL goes away under load and comes back. {@code -Dtocsin.test.outage-seconds=60} is the long form. */
class DatabaseOutageLosesNothingTest {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseOutageLosesNothingTest.class);
    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("tocsin.test.outage-seconds", 3));
    /** What the alarm's way may take on a busy machine; the history's first failure alone takes longer than a quiet one. */
    private static final Duration SOON = Duration.ofSeconds(30);

    /** What gathers in the outage takes its time to be stored and read, the more the longer it was. */
    private static final Duration TO_CATCH_UP = LIMIT.plus(OUTAGE.multipliedBy(4));

    private static final int TOGETHER = 200;
    /** Of a long outage 2,000 downloads a second at most are kept: one JVM holds the broker and all that it has. */
    private static final Duration PACE = OUTAGE.toSeconds() > 10 ? Duration.ofMillis(100) : Duration.ZERO;

    private static final MessageCodec<DownloadRecorded> RECORDED = MessageCodec.of(DownloadRecorded.class);

    private PostgresServer postgres;
    private RunningTracker tracker;
    private Instant start;
    private int sent;
    private long slowestMillis;

    @BeforeEach
    void startTracker() {
        postgres = PostgresServer.start();
        tracker = new RunningTracker(postgres, Map.of());
        tracker.start();
        start = tracker.now();
    }

    @AfterEach
    void stop() {
        tracker.close();
        postgres.close();
    }

    @Test
    void recordsAllTheWhileAndCatchesUpAfter() {
        // Given a history that keeps up with what comes
        loadUntil(() -> sent >= 10 * TOGETHER && behind() < sent);

        // When
        int before = sent;
        postgres.stop();
        int during;
        try {
            long away = System.nanoTime();
            loadUntil(() -> System.nanoTime() - away > OUTAGE.toNanos());
            during = sent - before;
            assertEquals(200, tracker.get("/health/readiness", "").statusCode());
            assertEquals(200, tracker.get("/health/liveness", "").statusCode());
        } finally {
            postgres.restart();
        }
        long back = System.nanoTime();
        int kept = sent;
        loadUntil(() -> {
            assertTrue(System.nanoTime() - back < TO_CATCH_UP.toNanos(), "the history does not catch up");
            return sent - behind() >= kept;
        });
        long caughtUpMillis = (System.nanoTime() - back) / 1_000_000;
        tracker.awaitCaughtUp(TO_CATCH_UP);

        // Then
        String recorded = String.join(",", recordedIds());
        assertAll(
                () -> assertEquals(sent, recorded.split(",", -1).length),
                () -> assertEquals(
                        recorded,
                        tracker.query(
                                "select string_agg(event_id::text, ',' order by event_id::text collate \"C\") from"
                                        + " download")));
        LOG.atInfo()
                .addKeyValue("outageSeconds", OUTAGE.toSeconds())
                .addKeyValue("events", sent)
                .addKeyValue("eventsDuringOutage", during)
                .addKeyValue("slowestMillis", slowestMillis)
                .addKeyValue("caughtUpMillis", caughtUpMillis)
                .log("outage.survived");
    }

    /** Some requests, and the next when these are recorded and their time is over: whatever holds up the alarm's way ends the test. */
    private void loadUntil(BooleanSupplier enough) {
        do {
            long begun = System.nanoTime();
            for (int i = 0; i < TOGETHER; i++) {
                tracker.send(
                        Topics.DOWNLOAD_OBSERVED.name(),
                        "",
                        Samples.encoded(
                                Samples.observed().setEventId("req-" + sent++).setFetchedAt(start)));
            }
            tracker.flush();
            long flushed = System.nanoTime();
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> tracker.recordsBehind("download-tracker", Topics.DOWNLOAD_OBSERVED) == 0);
            slowestMillis = Math.max(slowestMillis, (System.nanoTime() - flushed) / 1_000_000);
            await().pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() - begun >= PACE.toNanos());
        } while (!enough.getAsBoolean());
    }

    private long behind() {
        return tracker.recordsBehind("download-tracker-history", Topics.DOWNLOAD_RECORDED);
    }

    private Set<String> recordedIds() {
        Set<String> ids = new TreeSet<>();
        RunningTracker.BROKER
                .awaitRecords(tracker.prefix + Topics.DOWNLOAD_RECORDED.name(), sent, TO_CATCH_UP)
                .forEach(record -> ids.add(RECORDED.decode(record.value()).getEventId()));
        return ids;
    }
}
