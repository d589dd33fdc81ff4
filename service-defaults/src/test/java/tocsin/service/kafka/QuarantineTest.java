package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.MovableClock;

class QuarantineTest {

    private static final KafkaBroker BROKER = KafkaBroker.start();
    private static final KafkaClients CLIENTS =
            KafkaClients.of(new KafkaConfig(BROKER.bootstrapServers(), "acme.", Map.of("max.block.ms", "2000")));
    private static final MeterRegistry REGISTRY = new SimpleMeterRegistry();
    private static final byte[] KEY = {0, 1, (byte) 0xff};
    /** What Kafka's format has around a value of 16 KiB to 1 MiB, with our key: 61 for the batch, then lengths, deltas and key. */
    private static final int RECORD_OVERHEAD = 61 + 3 + 1 + 1 + 1 + 1 + 3 + 3 + 1;

    private static final byte[] VALUE = {(byte) 0xc3, 1, 0, (byte) 0x80};

    @BeforeAll
    static void createTopic() {
        BROKER.createTopic("acme.sample.quarantine", 1);
    }

    @AfterAll
    static void stop() {
        CLIENTS.close();
        BROKER.close();
    }

    private static Quarantine quarantine() {
        return new Quarantine(CLIENTS, "sample", MovableClock.at("2026-01-02T03:04:05.678Z"), REGISTRY);
    }

    private static BadRecord bad(Headers headers) {
        return new BadRecord("acme.thing.happened", 3, 42, KEY, VALUE, headers);
    }

    private static ConsumerRecord<byte[], byte[]> last() {
        return BROKER.readAll("acme.sample.quarantine").getLast();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header[] all = record.headers().toArray();
        List<Header> named =
                Arrays.stream(all).filter(header -> header.key().equals(name)).toList();
        assertEquals(1, named.size(), name);
        return new String(named.getFirst().value(), UTF_8);
    }

    @Test
    void keepsBytesAndHeadersAndSaysWhereTheyCameFrom() {
        try (Quarantine quarantine = quarantine()) {
            // When
            double before = REGISTRY.counter("tocsin.quarantined.records", "topic", "thing.happened")
                    .count();
            quarantine.put(bad(new RecordHeaders().add("trace", new byte[] {7, 0})), "no such schema");
            // Then
            ConsumerRecord<byte[], byte[]> kept = last();
            assertArrayEquals(KEY, kept.key());
            assertArrayEquals(VALUE, kept.value());
            assertArrayEquals(
                    new byte[] {7, 0}, kept.headers().lastHeader("trace").value());
            assertEquals("no such schema", header(kept, "quarantine-reason"));
            assertEquals("acme.thing.happened", header(kept, "quarantine-topic"));
            assertEquals("3", header(kept, "quarantine-partition"));
            assertEquals("42", header(kept, "quarantine-offset"));
            assertEquals("2026-01-02T03:04:05.678Z", header(kept, "quarantine-at"));
            assertEquals(
                    before + 1,
                    REGISTRY.counter("tocsin.quarantined.records", "topic", "thing.happened")
                            .count());
        }
    }

    @Test
    void takesManyAtOnceAlsoWhereOneIsTooLarge() {
        try (Quarantine quarantine = quarantine()) {
            int before = BROKER.readAll("acme.sample.quarantine").size();
            // When
            quarantine.putAll(List.of(
                    new Quarantine.Refused(bad(new RecordHeaders()), "first"),
                    new Quarantine.Refused(
                            new BadRecord("acme.thing.happened", 3, 43, KEY, new byte[5_000_000], new RecordHeaders()),
                            "second"),
                    new Quarantine.Refused(bad(new RecordHeaders()), "third")));
            // Then each is there, whole or cut
            List<ConsumerRecord<byte[], byte[]>> kept = BROKER.readAll("acme.sample.quarantine");
            assertEquals(
                    List.of("first", "second", "third"),
                    kept.subList(before, kept.size()).stream()
                            .map(record -> header(record, "quarantine-reason"))
                            .toList());
            assertNull(kept.get(before + 1).value());
            assertArrayEquals(VALUE, kept.get(before + 2).value());
        }
    }

    @Test
    void takesARecordThatHasNothing() {
        try (Quarantine quarantine = quarantine()) {
            quarantine.put(new ConsumerRecord<>("acme.thing.happened", 0, 0, null, null), "a tombstone");
            assertNull(last().key());
            assertNull(last().value());
        }
    }

    @Test
    void saysOnlyTheLastReasonOfARecordThatCameBack() {
        try (Quarantine quarantine = quarantine()) {
            quarantine.put(bad(new RecordHeaders()), "first");
            quarantine.put(BadRecord.of(last()), "second");
            assertEquals("second", header(last(), "quarantine-reason"));
            assertEquals("acme.sample.quarantine", header(last(), "quarantine-topic"));
        }
    }

    @Test
    void makesAReasonSafe() {
        try (Quarantine quarantine = quarantine()) {
            quarantine.put(bad(new RecordHeaders()), "a\r\nb\u001b[31m\u202ec" + "\ud83d\udd14".repeat(400));
            String reason = header(last(), "quarantine-reason");
            assertEquals("a  b [31m c" + "\ud83d\udd14".repeat(244), reason);
        }
    }

    @Test
    void throwsWhenTheBrokerDoesNotTakeIt() {
        try (KafkaClients nobody = KafkaClients.of(new KafkaConfig("127.0.0.1:1", "", Map.of("max.block.ms", "200")));
                Quarantine quarantine =
                        new Quarantine(nobody, "sample", MovableClock.at("2026-01-02T03:04:05Z"), REGISTRY)) {
            assertThrows(KafkaException.class, () -> quarantine.put(bad(new RecordHeaders()), "nobody listens"));
        }
    }

    @Test
    void keepsAStubOfWhatNoTopicTakes() {
        try (Quarantine quarantine = quarantine()) {
            // Given a record with all that is too large, also the number of its headers
            Headers headers = new RecordHeaders()
                    .add("small", new byte[] {7})
                    .add("large", new byte[5000])
                    .add("quarantine-large", new byte[5000]);
            IntStream.range(0, 10_000).forEach(i -> headers.add("", new byte[0]));
            byte[] value = new byte[5_000_000];
            // When
            quarantine.put(new BadRecord("acme.thing.happened", 3, 42, new byte[1025], value, headers), "too much");
            // Then
            ConsumerRecord<byte[], byte[]> kept = last();
            assertNull(kept.key());
            assertNull(kept.value());
            assertArrayEquals(new byte[] {7}, kept.headers().lastHeader("small").value());
            assertNull(kept.headers().lastHeader("large"));
            assertNull(kept.headers().lastHeader("quarantine-large"));
            assertTrue(kept.headers().toArray().length < 2000);
            assertEquals("too much", header(kept, "quarantine-reason"));
            assertEquals("acme.thing.happened", header(kept, "quarantine-topic"));
            assertEquals("42", header(kept, "quarantine-offset"));
            assertTrue(Long.parseLong(header(kept, "quarantine-truncated")) > 5_010_000);
            // A whole one that comes from here does not say that it is not.
            quarantine.put(BadRecord.of(kept), "again");
            assertNull(last().headers().lastHeader("quarantine-truncated"));
        }
    }

    @Test
    void neverHoldsUpNeighboursForASize() throws InterruptedException {
        // Given topics of the same limit and a record that is small only on the wire, and one just at the limit
        int limit = 100_000;
        Map<String, String> limited = Map.of("max.message.bytes", Integer.toString(limit));
        BROKER.createTopic("acme.source", 1, limited);
        BROKER.createTopic("acme.limited.quarantine", 1, limited);
        byte[] atLimit = new byte[limit - RECORD_OVERHEAD];
        new Random(1).nextBytes(atLimit);
        byte[] aboveLimit = Arrays.copyOf(atLimit, atLimit.length + 1);
        BROKER.send("acme.source", KEY, new byte[] {1});
        try (Producer<byte[], byte[]> producer = CLIENTS.producer("test", Map.of("max.request.size", 8_000_000))) {
            DurableSend.one(producer, new ProducerRecord<>("acme.source", KEY, new byte[5_000_000]));
        }
        BROKER.send("acme.source", KEY, atLimit);
        assertThrows(RecordTooLargeException.class, () -> BROKER.send("acme.source", KEY, aboveLimit));
        BROKER.send("acme.source", KEY, new byte[] {2});
        // When all of them are bad
        try (Quarantine quarantine =
                        new Quarantine(CLIENTS, "limited", MovableClock.at("2026-01-02T03:04:05Z"), REGISTRY);
                BatchLoop loop = new BatchLoop(
                        CLIENTS,
                        BatchLoopSettings.of("limited", "source"),
                        batch -> batch.forEach(record -> quarantine.put(record, "bad")))) {
            loop.start();
            // Then each is there, whole or as a stub
            List<ConsumerRecord<byte[], byte[]>> kept =
                    BROKER.awaitRecords("acme.limited.quarantine", 4, Duration.ofSeconds(60));
            assertEquals(
                    List.of(false, true, true, false),
                    kept.stream().map(record -> record.value() == null).toList());
            assertEquals("5000003", header(kept.get(1), "quarantine-truncated"));
            assertArrayEquals(KEY, kept.get(1).key());
        }
    }
}
