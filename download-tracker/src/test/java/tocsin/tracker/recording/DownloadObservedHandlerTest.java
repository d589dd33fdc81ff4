package tocsin.tracker.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.tracker.recording.RecorderOverBroker.header;
import static tocsin.tracker.recording.RecorderOverBroker.only;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.service.kafka.BatchLoop;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.QuarantineHeaders;
import tocsin.service.kafka.TopicTable;
import tocsin.tracker.Samples;
import tocsin.tracker.identity.TokenRegistration;

/** What becomes of observed requests, over a real broker; each test has topics of its own. */
class DownloadObservedHandlerTest {

    private final RecorderOverBroker recorder = new RecorderOverBroker();

    @AfterEach
    void closeAll() throws Exception {
        recorder.close();
    }

    @Test
    void recordsADownloadAndRingsNothingForMetadata() throws Exception {
        // Given
        recorder.send(Samples.observed().setEventId("1").setRequest(Samples.request("GET", "/event-stream", 200)));
        recorder.send(Samples.observed().setEventId("2"));
        recorder.send(Samples.observed()
                .setEventId("3")
                .setRequest(Samples.request("HEAD", "/event-stream/-/event-stream-3.3.6.tgz", 200)));

        // When
        recorder.start();
        recorder.awaitCommitted(3);

        // Then
        ConsumerRecord<byte[], byte[]> record = only(recorder.broker.readAll(recorder.recordedTopic()));
        DownloadRecorded download = RecorderOverBroker.decoded(record);
        assertEquals("org:acme npm:event-stream", new String(record.key(), UTF_8));
        assertEquals("3.3.6", download.getVersion());
        assertEquals(download.getEventId(), header(record, MessageHeaders.MESSAGE_ID));
        assertEquals(List.of(), recorder.broker.readAll(recorder.quarantineTopic()));
        assertEquals(1, recorder.dropped("metadata"));
        assertEquals(1, recorder.dropped("method"));
        assertEquals(3, recorder.count("tocsin.downloads.observed"));
        assertEquals(1, recorder.count("tocsin.downloads.recorded"));
    }

    @Test
    void passesTheTraceOn() throws Exception {
        // Given
        byte[] traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".getBytes(UTF_8);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(recorder.observedTopic(), null, Samples.encoded(Samples.observed()));
        record.headers().add(MessageHeaders.TRACEPARENT, traceparent);
        DurableSend.one(recorder.proxy, record);

        // When
        recorder.start();

        // Then
        ConsumerRecord<byte[], byte[]> recorded =
                only(recorder.broker.awaitRecords(recorder.recordedTopic(), 1, RecorderOverBroker.LIMIT));
        assertEquals(new String(traceparent, UTF_8), header(recorded, MessageHeaders.TRACEPARENT));
    }

    @Test
    void parksADownloadByAnUnknownTokenWithWhereAndWhenItCame() throws Exception {
        // Given
        recorder.send(Samples.observed().setEventId("before"));
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                recorder.observedTopic(),
                null,
                Samples.FETCHED_AT.plusSeconds(1).toEpochMilli(),
                "key".getBytes(UTF_8),
                Samples.encoded(Samples.observedByToken(Samples.TOKEN_ID)));
        record.headers().add("own", new byte[] {7}).add("waiting-offset", "12345".getBytes(UTF_8));
        DurableSend.one(recorder.proxy, record);

        // When
        recorder.start();
        recorder.awaitCommitted(2);

        // Then
        ConsumerRecord<byte[], byte[]> parked = only(recorder.broker.readAll(recorder.waitingTopic()));
        assertEquals("key", new String(parked.key(), UTF_8));
        assertArrayEquals(record.value(), parked.value());
        ConsumerRecord<byte[], byte[]> observed = ParkedRecordFactory.observed(parked, recorder.observedTopic());
        assertEquals(recorder.observedTopic(), observed.topic());
        assertEquals(0, observed.partition());
        assertEquals(1, observed.offset());
        assertEquals(Samples.FETCHED_AT.plusSeconds(1).toEpochMilli(), observed.timestamp());
        assertArrayEquals(new byte[] {7}, observed.headers().lastHeader("own").value());
        assertNull(observed.headers().lastHeader("waiting-offset"));
        assertEquals(List.of(), recorder.broker.readAll(recorder.quarantineTopic()));
        assertEquals(1, recorder.broker.readAll(recorder.recordedTopic()).size());
    }

    @Test
    void decidesNothingByATableThatReadsNoMore() throws Exception {
        // Given tokens that were read once and are not any more
        TopicTable<TokenRegistration> tokens = recorder.tokens();
        tokens.start();
        assertTrue(tokens.awaitLoaded(RecorderOverBroker.LIMIT));
        tokens.close();
        recorder.register(Samples.TOKEN_ID);
        recorder.send(Samples.observedByToken(Samples.TOKEN_ID));

        // When
        try (BatchLoop loop = recorder.loop(tokens, recorder.clients.producer("stale"))) {
            loop.start();

            // Then
            await().during(Duration.ofSeconds(3))
                    .atMost(RecorderOverBroker.LIMIT)
                    .until(() ->
                            recorder.broker.readAll(recorder.waitingTopic()).isEmpty());
        }
        recorder.start();
        recorder.broker.awaitRecords(recorder.recordedTopic(), 1, RecorderOverBroker.LIMIT);
    }

    @Test
    void quarantinesAnUnknownTokensDownloadThatIsTooLargeToWait() throws Exception {
        // Given
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                recorder.observedTopic(), null, Samples.encoded(Samples.observedByToken(Samples.TOKEN_ID)));
        record.headers().add("padding", new byte[70_000]);
        DurableSend.one(recorder.proxy, record);

        // When
        recorder.start();

        // Then
        ConsumerRecord<byte[], byte[]> quarantined =
                only(recorder.broker.awaitRecords(recorder.quarantineTopic(), 1, RecorderOverBroker.LIMIT));
        assertEquals("unknown token, and too large to wait for it", header(quarantined, QuarantineHeaders.REASON));
        assertEquals(List.of(), recorder.broker.readAll(recorder.waitingTopic()));
    }
}
