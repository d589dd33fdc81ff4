package tocsin.tracker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.Topics;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.TokenIssuer;
import tocsin.tracker.TrackerProcess.Recording;

/**
 * The service killed hard under load, and read from the beginning again. {@code -Dtocsin.test.kills=20} is the long form.
 */
class KilledTrackerLosesNothingTest {

    private static final Logger LOG = LoggerFactory.getLogger(KilledTrackerLosesNothingTest.class);
    private static final int KILLS = Integer.getInteger("tocsin.test.kills", 3);
    private static final int DOWNLOADS_PER_LIFE = 6_000;

    private static KafkaBroker broker;
    private static TokenIssuer issuer;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        issuer = TokenIssuer.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
        issuer.close();
    }

    @Test
    void recordsEveryEventByOneIdHoweverOftenItIsKilled() {
        try (TrackerProcess tracker = new TrackerProcess(broker, issuer, "killed.", true)) {
            // Given some tokens that are known and some that are not yet
            for (int token = 0; token < 20; token += 2) {
                tracker.register(token(token));
            }
            int sent = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                // When it is killed in the middle of what it was given
                int before = tracker.recordedRecords();
                for (int i = 0; i < DOWNLOADS_PER_LIFE; i++) {
                    send(tracker, sent++);
                }
                tracker.flush();
                await().atMost(TrackerProcess.LONG)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> tracker.recordedRecords() > before + 200);
                tracker.killAndStartAgain();
            }
            for (int token = 1; token < 20; token += 2) {
                tracker.register(token(token));
            }
            tracker.flush();

            // Then
            int all = sent;
            await().atMost(TrackerProcess.LONG)
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> tracker.recorded().size() >= all);
            Map<String, Set<Recording>> recorded = tracker.recorded();
            assertEquals(all, recorded.size());
            assertTrue(recorded.values().stream().allMatch(same -> same.size() == 1));
            assertEquals(
                    0, tracker.records(Topics.quarantineOf("download-tracker")).size());
            int repeats = tracker.recordedRecords() - all;
            // Of few, none may have fallen between record and commit.
            assertTrue(KILLS < 10 || repeats > 0, "what was killed had committed all that it had recorded");
            LOG.atInfo()
                    .addKeyValue("kills", KILLS)
                    .addKeyValue("events", all)
                    .addKeyValue("repeats", repeats)
                    .log("kills.survived");
        }
    }

    @Test
    void changesNothingWhenTheWholeTopicIsReplayedTwice() throws Exception {
        try (TrackerProcess tracker = new TrackerProcess(broker, issuer, "replayed.", false)) {
            // Given downloads with ids and without, some of them sent twice, some before their token was known
            int all = 2_000;
            for (int token = 0; token < 20; token += 2) {
                tracker.register(token(token));
            }
            for (int i = 0; i < all; i++) {
                send(tracker, i);
                if (i % 10 == 0) {
                    send(tracker, i);
                }
            }
            tracker.flush();
            await().atMost(TrackerProcess.LONG)
                    .until(() -> tracker.records(Topics.DOWNLOAD_WAITING).size() > 100);
            for (int token = 1; token < 20; token += 2) {
                tracker.register(token(token));
            }
            tracker.flush();
            await().atMost(TrackerProcess.LONG).until(() -> tracker.recordedRecords() >= all + all / 10);
            Map<String, Set<Recording>> once = tracker.recorded();
            assertEquals(all, once.size());

            for (int replay = 1; replay <= 2; replay++) {
                // When
                int before = tracker.recordedRecords();
                tracker.startAgainFromTheBeginning();
                await().atMost(TrackerProcess.LONG).until(() -> tracker.recordedRecords() >= before + all + all / 10);

                // Then
                assertEquals(once, tracker.recorded());
            }
        }
    }

    /** By organisation with an id, by organisation without one, by a known token, by one that is not known yet. */
    private static void send(TrackerProcess tracker, int i) {
        switch (i % 4) {
            case 0 -> tracker.observe(Samples.observed().setEventId("event-" + i));
            case 1 ->
                tracker.observe(Samples.observed().setEventId(null).setFetchedAt(Samples.FETCHED_AT.plusMillis(i)));
            default -> tracker.observe(Samples.observedByToken(token(i % 20)).setEventId("event-" + i));
        }
    }

    private static String token(int i) {
        return "%064x".formatted(i + 1);
    }
}
