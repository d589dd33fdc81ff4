package tocsin.tracker.recording;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static tocsin.tracker.recording.RecorderOverBroker.header;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.schemas.MessageHeaders;
import tocsin.service.kafka.BatchLoop;
import tocsin.service.kafka.TopicTable;
import tocsin.tracker.Samples;
import tocsin.tracker.identity.TokenRegistration;

/** Nothing is decided before its time, committed before the broker has it, or another when it is read again. */
class RecordsOnceAndForCertainTest {

    private final RecorderOverBroker recorder = new RecorderOverBroker();

    @AfterEach
    void closeAll() throws Exception {
        recorder.close();
    }

    @Test
    void attributesNothingBeforeItKnowsTheTokens() throws Exception {
        // Given a registration that is there, and a table that has not begun to read
        recorder.register(Samples.TOKEN_ID);
        recorder.send(Samples.observedByToken(Samples.TOKEN_ID));
        TopicTable<TokenRegistration> tokens = recorder.tokens();
        BatchLoop loop = recorder.loop(tokens, recorder.clients.producer("download-tracker"));
        loop.start();
        await().atMost(RecorderOverBroker.LIMIT).until(() -> loop.whyNotReady().isEmpty());
        assertFalse(tokens.isLoaded());
        assertEquals(Optional.of("not running"), tokens.whyNotReady());

        // When
        tokens.start();

        // Then
        recorder.awaitCommitted(1);
        assertEquals(1, recorder.broker.readAll(recorder.recordedTopic()).size());
        assertEquals(List.of(), recorder.broker.readAll(recorder.quarantineTopic()));
    }

    @Test
    void givesEqualIdsAndBytesWhenTheTopicIsReplayed() throws Exception {
        // Given
        for (int i = 0; i < 20; i++) {
            recorder.send(Samples.observed().setEventId(null).setFetchedAt(Samples.FETCHED_AT.plusMillis(i)));
        }
        try (RecorderOverBroker.Instance _ = recorder.start()) {
            recorder.awaitCommitted(20);
        }

        // When
        recorder.forgetTheGroup();
        recorder.start();

        // Then
        List<ConsumerRecord<byte[], byte[]>> records =
                recorder.broker.awaitRecords(recorder.recordedTopic(), 40, RecorderOverBroker.LIMIT);
        assertEquals(40, records.size());
        TreeSet<String> ids = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
            assertArrayEquals(records.get(i).value(), records.get(i + 20).value());
            assertArrayEquals(records.get(i).key(), records.get(i + 20).key());
            ids.add(header(records.get(i), MessageHeaders.MESSAGE_ID));
        }
        assertEquals(20, ids.size());
    }

    @Test
    void commitsNothingBeforeTheBrokerHasTheDownload() throws Exception {
        // Given a producer that cannot get rid of a record of any size
        Producer<byte[], byte[]> tight = recorder.clients.producer("tight", Map.of("max.request.size", 100));
        recorder.send(Samples.observed().setEventId("1"));

        // When
        TopicTable<TokenRegistration> tokens = recorder.tokens();
        BatchLoop loop = recorder.loop(tokens, tight);
        tokens.start();
        loop.start();

        // Then it says that it is stuck, and has not advanced
        await().atMost(RecorderOverBroker.LIMIT)
                .until(() -> loop.whyNotReady().orElse("").startsWith("failed"));
        assertEquals(0, recorder.committed());
        loop.close();

        // When the fault is mended, the download is still there
        recorder.loop(tokens, recorder.clients.producer("download-tracker")).start();

        // Then
        recorder.awaitCommitted(1);
        assertEquals(1, recorder.broker.readAll(recorder.recordedTopic()).size());
    }
}
