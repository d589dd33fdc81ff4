package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class DurableSendTest {

    private static List<ProducerRecord<byte[], byte[]>> records(String... values) {
        return Arrays.stream(values)
                .map(value -> new ProducerRecord<byte[], byte[]>("t", value.getBytes(UTF_8)))
                .toList();
    }

    @Test
    void returnsOnceAllAreAcknowledged() throws InterruptedException {
        Broker broker = new Broker();
        assertEquals(
                new DurableSend.Progress(3, Optional.empty()),
                DurableSend.upToFirstFailure(broker, records("a", "b", "c")));
        assertEquals(List.of("a", "b", "c"), broker.sent);
    }

    @Test
    void sendsNothingBehindARecordThatHasFailed() throws InterruptedException {
        // Given a broker that comes back after it was away for one record
        Broker broker = new Broker();
        broker.awayFor = "c";
        // When
        DurableSend.Progress progress = DurableSend.upToFirstFailure(broker, records("a", "b", "c", "d", "e"));
        // Then no record overtakes the one that failed
        assertEquals(List.of("a", "b", "c"), broker.sent);
        assertEquals(2, progress.acknowledged());
        assertTrue(progress.failure().isPresent());
    }

    @Test
    void blocksOnceWithTheBrokerAway() {
        try (KafkaClients nobody = KafkaClients.of(new KafkaConfig("127.0.0.1:1", "", Map.of("max.block.ms", "500")));
                Producer<byte[], byte[]> producer = nobody.producer("test")) {
            // Given more records than fit into the time if each blocks
            String[] values = new String[40];
            Arrays.fill(values, "a");
            // When
            long start = System.nanoTime();
            assertThrows(KafkaException.class, () -> DurableSend.all(producer, records(values)));
            // Then
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertTrue(took.compareTo(Duration.ofSeconds(10)) < 0, took::toString);
        }
    }

    /** Acknowledges at once, but for one value. */
    private static final class Broker extends MockProducer<byte[], byte[]> {

        private final List<String> sent = new ArrayList<>();
        private String awayFor = "";

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
            String value = new String(record.value(), UTF_8);
            sent.add(value);
            return value.equals(awayFor)
                    ? CompletableFuture.failedFuture(new TimeoutException("no broker"))
                    : CompletableFuture.completedFuture(
                            new RecordMetadata(new TopicPartition("t", 0), sent.size(), 0, 0, 0, 0));
        }
    }
}
