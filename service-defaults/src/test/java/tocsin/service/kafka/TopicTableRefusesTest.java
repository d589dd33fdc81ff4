package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.service.kafka.Tables.LONG;
import static tocsin.service.kafka.Tables.decoded;
import static tocsin.service.kafka.Tables.within;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** One record that cannot be read leaves its neighbours alone. */
class TopicTableRefusesTest {

    private static final Tables TABLES = Tables.shared();

    @Test
    void putsWhatItCannotReadIntoQuarantineAndGoesOn() throws InterruptedException {
        // Given a loaded table
        Topic topic = Topic.on(TABLES.broker(), 1);
        topic.send("k", "good");
        topic.send("other", "bad before");
        try (TopicTable<String> table = TABLES.on(topic.name())) {
            table.start();
            assertTrue(table.awaitLoaded(LONG));
            // When
            topic.send("k", "bad after");
            topic.send("next", "good");
            // Then its neighbours are there, the value before it stays, and what came after loading is in quarantine,
            // once
            within().until(() -> table.find("next").isPresent());
            assertEquals(Optional.of("good"), table.find("k"));
            List<String> reasons = TABLES.broker().readAll("sample.quarantine").stream()
                    .filter(record -> header(record, QuarantineHeaders.TOPIC).equals(topic.name()))
                    .map(record -> header(record, QuarantineHeaders.REASON))
                    .toList();
            assertEquals(List.of("it is bad after"), reasons);
        }
    }

    @Test
    void keepsNothingOfARefusedRecordWhereItMayBeASecret() throws InterruptedException {
        // Given a loaded table that judges keys too
        Topic topic = Topic.on(TABLES.broker(), 1);
        try (Quarantine secretive = TABLES.quarantine("secretive");
                TopicTable<String> table = TopicTable.keepingNothingRefused(
                        TABLES.clients(),
                        topic.name(),
                        TopicTableRefusesTest::ofGoodKey,
                        secretive,
                        (key, value) -> {});
                Producer<byte[], byte[]> producer = TABLES.clients().producer("test")) {
            table.start();
            assertTrue(table.awaitLoaded(LONG));
            // When
            ProducerRecord<byte[], byte[]> bad =
                    new ProducerRecord<>(topic.name(), "raw-secret".getBytes(UTF_8), "raw-secret".getBytes(UTF_8));
            bad.headers().add("x-secret", "raw-secret".getBytes(UTF_8));
            DurableSend.one(producer, bad);
            // Then
            ConsumerRecord<byte[], byte[]> kept = TABLES.broker()
                    .awaitRecords("secretive.quarantine", 1, LONG)
                    .getFirst();
            assertEquals(0, kept.key().length);
            assertEquals(0, kept.value().length);
            assertNull(kept.headers().lastHeader("x-secret"));
            assertEquals("the key is not good", header(kept, QuarantineHeaders.REASON));
            assertEquals(topic.name(), header(kept, QuarantineHeaders.TOPIC));
            assertEquals("0", header(kept, QuarantineHeaders.OFFSET));
            assertEquals(Optional.empty(), table.find("raw-secret"));
        }
    }

    private static String ofGoodKey(String key, byte[] value) {
        if (!key.startsWith("good")) {
            throw new IllegalArgumentException("the key is not good");
        }
        return decoded(value);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Test
    void survivesErrorsOfDecoderAndListener() {
        // Given
        Topic topic = Topic.on(TABLES.broker(), 1);
        try (TopicTable<String> table = new TopicTable<>(
                TABLES.clients(),
                topic.name(),
                value -> {
                    if (new String(value, UTF_8).equals("deep")) {
                        throw new StackOverflowError("too deep");
                    }
                    return decoded(value);
                },
                TABLES.quarantine(),
                (key, value) -> {
                    throw new AssertionError("broken");
                })) {
            table.start();
            // When
            topic.send("a", "deep");
            topic.send("b", "good");
            // Then
            within().until(() -> table.find("b").isPresent());
            assertEquals(Optional.empty(), table.find("a"));
            assertEquals(Optional.empty(), table.whyDead());
        }
    }
}
