package tocsin.tracker.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static tocsin.tracker.recording.RecorderOverBroker.header;
import static tocsin.tracker.recording.RecorderOverBroker.only;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.QuarantineHeaders;
import tocsin.tracker.Samples;

/** A bad record holds up nobody, is kept as it came unless it may show a token, and can be sent again. */
class QuarantinesWhatItCannotReadTest {

    private final RecorderOverBroker recorder = new RecorderOverBroker();

    @AfterEach
    void closeAll() throws Exception {
        recorder.close();
    }

    @Test
    void quarantinesWhatItCannotReadWhileNeighboursFlow() throws Exception {
        // Given
        recorder.send(Samples.observed().setEventId("before"));
        byte[] bad = "not a message".getBytes(UTF_8);
        DurableSend.one(recorder.proxy, new ProducerRecord<>(recorder.observedTopic(), "key".getBytes(UTF_8), bad));
        recorder.send(Samples.observed().setEventId("after"));

        // When
        recorder.start();
        recorder.awaitCommitted(3);

        // Then
        assertEquals(2, recorder.broker.readAll(recorder.recordedTopic()).size());
        ConsumerRecord<byte[], byte[]> quarantined = only(recorder.broker.readAll(recorder.quarantineTopic()));
        assertArrayEquals(bad, quarantined.value());
        assertEquals("key", new String(quarantined.key(), UTF_8));
        assertEquals(
                "not in Avro single-object encoding (it starts with C3 01)",
                header(quarantined, QuarantineHeaders.REASON));
        assertEquals(recorder.observedTopic(), header(quarantined, QuarantineHeaders.TOPIC));
        assertEquals("0", header(quarantined, QuarantineHeaders.PARTITION));
        assertEquals("1", header(quarantined, QuarantineHeaders.OFFSET));
    }

    @Test
    void keepsNothingOfARecordThatShowsAToken() throws Exception {
        // Given
        String token = "npm_rawToken";
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                recorder.observedTopic(), token.getBytes(UTF_8), Samples.encoded(Samples.observedByToken(token)));
        record.headers().add("authorization", token.getBytes(UTF_8));
        DurableSend.one(recorder.proxy, record);

        // When
        recorder.start();

        // Then
        ConsumerRecord<byte[], byte[]> quarantined =
                only(recorder.broker.awaitRecords(recorder.quarantineTopic(), 1, RecorderOverBroker.LIMIT));
        assertEquals(0, quarantined.key().length);
        assertEquals(0, quarantined.value().length);
        assertNull(quarantined.headers().lastHeader("authorization"));
        assertEquals(
                "token id must be the SHA-256 of the token: 64 lower-case hexadecimal digits;"
                        + " not kept, since it may be the token itself",
                header(quarantined, QuarantineHeaders.REASON));
        assertEquals("0", header(quarantined, QuarantineHeaders.OFFSET));
        recorder.awaitCommitted(1);
    }

    @Test
    void recordsAQuarantinedDownloadOnceItIsMendedAndSentAgain() throws Exception {
        // Given
        DownloadObserved.Builder download = Samples.observed().setSourceKind("misspelt");
        recorder.send(download);
        recorder.start();
        ConsumerRecord<byte[], byte[]> quarantined =
                only(recorder.broker.awaitRecords(recorder.quarantineTopic(), 1, RecorderOverBroker.LIMIT));
        assertEquals("unknown source_kind", header(quarantined, QuarantineHeaders.REASON));

        // When
        DurableSend.one(
                recorder.proxy,
                new ProducerRecord<>(
                        header(quarantined, QuarantineHeaders.TOPIC),
                        null,
                        quarantined.key(),
                        Samples.encoded(download.setSourceKind("verdaccio")),
                        quarantined.headers()));

        // Then
        ConsumerRecord<byte[], byte[]> recorded =
                only(recorder.broker.awaitRecords(recorder.recordedTopic(), 1, RecorderOverBroker.LIMIT));
        assertEquals("event-stream", RecorderOverBroker.decoded(recorded).getPackageName());
        assertEquals(1, recorder.broker.readAll(recorder.quarantineTopic()).size());
    }
}
