package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
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
}
