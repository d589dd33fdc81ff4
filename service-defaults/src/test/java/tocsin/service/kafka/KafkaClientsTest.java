package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.KafkaBroker;

class KafkaClientsTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final KafkaBroker BROKER = KafkaBroker.start();
    /** With settings that would break what others rely on. */
    private static final KafkaClients CLIENTS = KafkaClients.of(new KafkaConfig(
            BROKER.bootstrapServers(),
            "",
            Map.of(
                    "isolation.level", "read_uncommitted",
                    "partitioner.ignore.keys", "true",
                    "partitioner.class", RoundRobinPartitioner.class.getName())));

    @AfterAll
    static void stop() {
        CLIENTS.close();
        BROKER.close();
    }

    private static ProducerRecord<byte[], byte[]> record(Topic topic, String value) {
        return new ProducerRecord<>(topic.name(), "k".getBytes(UTF_8), value.getBytes(UTF_8));
    }

    @Test
    void readsNothingOfAnAbortedTransaction() throws InterruptedException {
        // Given
        Topic topic = Topic.on(BROKER, 1);
        try (Producer<byte[], byte[]> producer = CLIENTS.producer("test", Map.of("transactional.id", "test"))) {
            producer.initTransactions();
            producer.beginTransaction();
            DurableSend.one(producer, record(topic, "aborted"));
            producer.abortTransaction();
        }
        topic.send("k", "after");
        // When
        List<String> read = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = CLIENTS.consumer("test", Map.of())) {
            TopicPartition partition = new TopicPartition(topic.name(), 0);
            consumer.assign(Set.of(partition));
            Awaitility.await().atMost(LONG).until(() -> {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    read.add(new String(record.value(), UTF_8));
                }
                return read.contains("after");
            });
        }
        // Then
        assertEquals(List.of("after"), read);
    }

    @Test
    void keepsTheRecordsOfAKeyInOnePartition() throws InterruptedException {
        // Given
        Topic topic = Topic.on(BROKER, 5);
        try (Producer<byte[], byte[]> producer = CLIENTS.producer("test")) {
            // When
            DurableSend.all(
                    producer,
                    IntStream.range(0, 10).mapToObj(i -> record(topic, "v" + i)).toList());
        }
        // Then
        assertEquals(
                1,
                BROKER.readAll(topic.name()).stream()
                        .map(ConsumerRecord::partition)
                        .collect(Collectors.toSet())
                        .size());
    }

    @Test
    void forgetsAProducerThatIsClosed() {
        WeakReference<Producer<byte[], byte[]>> closed = closedProducer();
        Awaitility.await().atMost(LONG).until(() -> {
            System.gc();
            return closed.get() == null;
        });
    }

    private static WeakReference<Producer<byte[], byte[]>> closedProducer() {
        Producer<byte[], byte[]> producer = CLIENTS.producer("test");
        producer.close();
        return new WeakReference<>(producer);
    }
}
