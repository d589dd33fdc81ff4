package tocsin.tracker.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.tracker.recording.TrackerOverBroker.header;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.QuarantineHeaders;
import tocsin.tracker.Samples;
import tocsin.tracker.intake.WriterSchemas;

/** A download whose token nobody has registered yet is late, not lost. Over a real broker; each test has topics of its own. */
class WaitsForUnknownTokensTest {

    private TrackerOverBroker tracker;

    @BeforeEach
    void createTopics() {
        tracker = new TrackerOverBroker(WriterSchemas.NONE);
    }

    @AfterEach
    void closeAll() throws Exception {
        tracker.close();
    }

    @Test
    void recordsADownloadOnceItsTokenIsRegisteredAsIfItHadBeenInTime() throws Exception {
        // Given
        tracker.start(20_000);
        tracker.send(Samples.observedByToken(token(1)).setEventId("late"));
        tracker.awaitHeld(1);

        // When
        tracker.register(token(1));

        // Then
        DownloadRecorded late = tracker.awaitRecorded(1).getFirst();
        assertEquals("org:acme", late.getAudience());
        assertEquals(
                tracker.observed().getFirst().timestamp(), late.getReceivedAt().toEpochMilli());
        // And the same as one that comes when the token is known, but for the time
        tracker.send(Samples.observedByToken(token(1)).setEventId("late"));
        DownloadRecorded again = tracker.awaitRecorded(2).getLast();
        assertEquals(
                late,
                DownloadRecorded.newBuilder(again)
                        .setReceivedAt(late.getReceivedAt())
                        .build());
        tracker.awaitCommitted(1);
        assertEquals(List.of(), tracker.quarantined());
    }

    @Test
    void delaysNoNeighbour() throws Exception {
        // Given many that wait, more than are held
        tracker.start(10);
        for (int i = 0; i < 50; i++) {
            tracker.send(Samples.observedByToken(token(i)).setEventId("waits-" + i));
        }

        // When
        tracker.send(Samples.observed().setEventId("neighbour"));

        // Then
        assertEquals("org:acme", tracker.awaitRecorded(1).getFirst().getAudience());
        // And one that is held goes on before those in front of it
        tracker.awaitHeldAtLeast(10);
        tracker.register(token(5));
        tracker.awaitRecorded(2);
        assertEquals(0, tracker.committed());
        assertEquals(List.of(), tracker.quarantined());
    }

    @Test
    void losesNothingThroughARestartAndBeyondWhatItHolds() throws Exception {
        // Given
        try (TrackerOverBroker.Instance _ = tracker.start(10)) {
            for (int i = 0; i < 50; i++) {
                tracker.send(Samples.observedByToken(token(i)).setEventId("waits-" + i));
            }
            tracker.awaitHeldAtLeast(10);
            assertTrue(tracker.held() < 30);
            assertEquals(0, tracker.committed());
        }

        // When it comes back and all are registered
        tracker.start(10);
        for (int i = 0; i < 50; i++) {
            tracker.register(token(i));
        }

        // Then
        await().atMost(TrackerOverBroker.LIMIT)
                .until(() -> tracker.recordedIds().size() == 50);
        tracker.awaitCommitted(50);
        assertEquals(List.of(), tracker.quarantined());
    }

    @Test
    void putsIntoQuarantineWhoseTimeIsUpAndRecordsItWhenItIsSentBack() throws Exception {
        // Given
        tracker.start(20_000);
        DownloadObserved.Builder download = Samples.observedByToken(token(1));
        tracker.send(download);
        tracker.awaitHeld(1);

        // When
        tracker.passWait();

        // Then
        ConsumerRecord<byte[], byte[]> quarantined = tracker.awaitQuarantined();
        assertEquals("unknown token", header(quarantined, QuarantineHeaders.REASON));
        assertEquals(tracker.topic(Topics.DOWNLOAD_OBSERVED), header(quarantined, QuarantineHeaders.TOPIC));
        assertEquals("0", header(quarantined, QuarantineHeaders.OFFSET));
        assertArrayEquals(Samples.encoded(download), quarantined.value());
        tracker.awaitCommitted(1);
        assertEquals(List.of(), tracker.recorded());

        // When it is registered after all
        tracker.register(token(1));
        DurableSend.one(
                tracker.clients().producer("redrive"),
                new ProducerRecord<>(
                        header(quarantined, QuarantineHeaders.TOPIC),
                        null,
                        quarantined.key(),
                        quarantined.value(),
                        quarantined.headers()));

        // Then
        assertEquals("org:acme", tracker.awaitRecorded(1).getFirst().getAudience());
    }

    @Test
    void takesARegistrationThatIsThereWhenTheTimeIsUpAlreadyAtTheStart() throws Exception {
        // Given one whose time went by while nothing ran, and that was registered meanwhile
        try (TrackerOverBroker.Instance _ = tracker.start(20_000)) {
            tracker.send(Samples.observedByToken(token(1)));
            tracker.send(Samples.observedByToken(token(2)));
            tracker.awaitHeld(2);
        }
        tracker.register(token(1));
        tracker.clock.set(Instant.parse("2100-01-01T00:00:00Z"));

        // When
        tracker.start(20_000);

        // Then
        tracker.awaitCommitted(2);
        assertEquals(1, tracker.recorded().size());
        assertEquals(1, tracker.quarantined().size());
    }

    @Test
    void callsNoTokenUnknownBeforeItHasReadAllThatWasRegistered() throws Exception {
        // Given a registration that is there, and a table of tokens that is behind it
        CountDownLatch behind = oneWaitsAndTheTableIsBehind();
        tracker.register(token(1));

        // When
        tracker.passWait();

        // Then
        await().during(Duration.ofSeconds(1))
                .atMost(TrackerOverBroker.LIMIT)
                .until(() -> tracker.quarantined().isEmpty());
        behind.countDown();
        tracker.awaitRecorded(1);
        assertEquals(List.of(), tracker.quarantined());
    }

    /** @return what lets the table go on */
    private CountDownLatch oneWaitsAndTheTableIsBehind() throws Exception {
        tracker.start(20_000);
        tracker.send(Samples.observedByToken(token(1)));
        tracker.awaitHeld(1);
        CountDownLatch behind = tracker.stallAt(token(2));
        tracker.register(token(2));
        return behind;
    }

    /** As with a token of one build: it is gone before anybody looks. */
    @Test
    void goesOnWhenItsTokenWasRegisteredAndRevokedBetweenTwoLooks() throws Exception {
        // Given
        CountDownLatch behind = oneWaitsAndTheTableIsBehind();

        // When
        tracker.register(token(1));
        tracker.register(Samples.registered(token(1)).setRevokedAt(Samples.FETCHED_AT.plusSeconds(60)));
        behind.countDown();

        // Then
        assertEquals("org:acme", tracker.awaitRecorded(1).getFirst().getAudience());
        tracker.awaitCommitted(1);
    }

    @Test
    void keepsNothingOfARegistrationThatShowsAToken() throws Exception {
        // Given
        tracker.start(20_000);

        // When
        String token = "npm_rawToken";
        DurableSend.one(
                tracker.clients().producer("platform"),
                new ProducerRecord<>(
                        tracker.topic(Topics.TOKEN_REGISTERED),
                        token.getBytes(UTF_8),
                        Samples.encoded(Samples.registered(token))));

        // Then
        ConsumerRecord<byte[], byte[]> quarantined = tracker.awaitQuarantined();
        assertEquals(0, quarantined.key().length);
        assertEquals(0, quarantined.value().length);
        assertEquals(tracker.topic(Topics.TOKEN_REGISTERED), header(quarantined, QuarantineHeaders.TOPIC));
        assertEquals(
                "token id must be the SHA-256 of the token: 64 lower-case hexadecimal digits",
                header(quarantined, QuarantineHeaders.REASON));
    }

    private static String token(int i) {
        return "%064x".formatted(i);
    }
}
