package tocsin.tracker.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.tracker.recording.TrackerOverBroker.header;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.service.kafka.QuarantineHeaders;
import tocsin.tracker.Samples;
import tocsin.tracker.intake.RegistryUnavailableException;
import tocsin.tracker.intake.WriterSchemas;

/** While the schema registry gives no answer, only those downloads wait whose schema nobody knows yet. Over a real broker. */
class SilentRegistryStopsNobodyTest {

    private final KnownNumbers schemas = new KnownNumbers();
    private static final String OTHER_TOKEN_ID = "b".repeat(64);

    private TrackerOverBroker tracker;

    /** Tells the numbers that it was told of, and of no other whether it exists. */
    private static final class KnownNumbers implements WriterSchemas {

        private final Set<Integer> known = ConcurrentHashMap.newKeySet();

        @Override
        public Optional<Schema> find(int id) {
            if (!mayTell(id)) {
                throw new RegistryUnavailableException(id, "away");
            }
            return Optional.of(DownloadObserved.getClassSchema());
        }

        @Override
        public boolean mayTell(int id) {
            return known.contains(id);
        }
    }

    @BeforeEach
    void createTopics() {
        tracker = new TrackerOverBroker(schemas);
    }

    @AfterEach
    void closeAll() throws Exception {
        tracker.close();
    }

    @Test
    void recordsWhatNeedsNoRegistryAndTheRestOnceItAnswers() throws Exception {
        // Given
        schemas.known.add(7);
        tracker.start(20_000);

        // When
        tracker.send(framed(8, Samples.observed().setEventId("unknown schema")));
        tracker.send(Samples.observed().setEventId("single object"));
        tracker.send(framed(7, Samples.observed().setEventId("known schema")));
        tracker.send("""
                {"event_id": "json", "source": "proxy-1", "fetched_at": "2026-04-15T08:30:00Z", "ecosystem": "npm",
                 "package_name": "event-stream", "version": "3.3.6", "org_id": "acme",
                 "principal": {"type": "ci_cd", "id": "bot-1"}}""".getBytes(UTF_8));

        // Then
        tracker.awaitRecorded(3);
        tracker.awaitHeld(1);
        assertEquals(3, tracker.recorded().size());

        // When
        schemas.known.add(8);

        // Then it is as if it had been readable at once
        List<DownloadRecorded> recorded = tracker.awaitRecorded(4);
        assertEquals(
                tracker.observed().getFirst().timestamp(),
                recorded.getLast().getReceivedAt().toEpochMilli());
        assertEquals(
                4,
                recorded.stream()
                        .map(DownloadRecorded::getEventId)
                        .collect(Collectors.toSet())
                        .size());
        tracker.awaitCommitted(1);
        assertEquals(List.of(), tracker.quarantined());
    }

    @Test
    void waitsForItsTokenOnceItCanBeRead() throws Exception {
        // Given
        tracker.start(20_000);
        tracker.send(framed(8, Samples.observedByToken(Samples.TOKEN_ID)));
        tracker.awaitHeld(1);

        // When
        schemas.known.add(8);
        tracker.register(Samples.TOKEN_ID);

        // Then
        assertEquals("org:acme", tracker.awaitRecorded(1).getFirst().getAudience());
        tracker.awaitCommitted(1);
    }

    @Test
    void isAttributedByNoTableOfTokensThatReadsNoMore() throws Exception {
        // Given a download that waits for its schema, and a table that is behind the revocation of its token
        tracker.start(20_000);
        tracker.register(Samples.TOKEN_ID);
        tracker.send(framed(8, Samples.observedByToken(Samples.TOKEN_ID)));
        tracker.awaitHeld(1);
        CountDownLatch behind = tracker.stallAt(OTHER_TOKEN_ID);
        tracker.register(OTHER_TOKEN_ID);
        tracker.register(Samples.registered(Samples.TOKEN_ID).setRevokedAt(Samples.FETCHED_AT.minusSeconds(1)));
        tracker.nanoTime.addAndGet(Duration.ofSeconds(11).toNanos());

        // When
        schemas.known.add(8);

        // Then
        await().during(Duration.ofSeconds(1))
                .atMost(TrackerOverBroker.LIMIT)
                .until(() -> tracker.recorded().isEmpty());

        // When
        behind.countDown();

        // Then it is nobody's
        tracker.passWait();
        assertEquals("unknown token", header(tracker.awaitQuarantined(), QuarantineHeaders.REASON));
        assertEquals(List.of(), tracker.recorded());
    }

    @Test
    void putsIntoQuarantineWhatWaitedInVainAsItCame() throws Exception {
        // Given
        tracker.start(20_000);
        byte[] sent = framed(8, Samples.observed());
        tracker.send(sent);
        tracker.awaitHeld(1);

        // When
        tracker.passWait();

        // Then
        ConsumerRecord<byte[], byte[]> quarantined = tracker.awaitQuarantined();
        assertEquals("the schema registry gives no answer", header(quarantined, QuarantineHeaders.REASON));
        assertArrayEquals(sent, quarantined.value());
        tracker.awaitCommitted(1);
        assertEquals(1, tracker.quarantinedFor("unknown_schema"));
        assertEquals(List.of(), tracker.recorded());
    }

    /** The body after the ten bytes of single-object encoding is the same. */
    private static byte[] framed(int id, DownloadObserved.Builder download) {
        byte[] single = Samples.encoded(download);
        return ByteBuffer.allocate(5 + single.length - 10)
                .put((byte) 0)
                .putInt(id)
                .put(single, 10, single.length - 10)
                .array();
    }
}
