package tocsin.testsupport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaBrokerTest {

    private KafkaBroker broker;

    @BeforeAll
    void start() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    void close() {
        broker.close();
    }

    @Test
    void keepsDataAndPortOverARestart() {
        // Given
        String before = broker.bootstrapServers();
        broker.createTopic("kept", 3);
        broker.send("kept", bytes("a"), bytes("1"));

        // When
        broker.stop();
        broker.restart();
        broker.send("kept", bytes("a"), bytes("2"));

        // Then
        assertEquals(before, broker.bootstrapServers());
        assertEquals(List.of("1", "2"), values(broker, "kept"));
    }

    @Test
    void doesNotServeWhileStopped() {
        // Given
        broker.createTopic("away", 1);

        // When
        broker.stop();

        // Then
        assertTrue(FreePorts.isFree(broker.port()));
        broker.restart();
        broker.send("away", bytes("a"), bytes("back"));
        assertEquals(List.of("back"), values(broker, "away"));
    }

    @Test
    void takesUpADirectoryThatAnEarlierBrokerUsed(@TempDir Path directory) {
        // Given
        try (KafkaBroker earlier = KafkaBroker.start(directory, 0)) {
            earlier.createTopic("kept", 1);
            earlier.send("kept", bytes("a"), bytes("1"));
        }

        // When
        try (KafkaBroker later = KafkaBroker.start(directory, FreePorts.one())) {

            // Then
            assertEquals(List.of("1"), values(later, "kept"));
        }
    }

    @Test
    void removesItsOwnDirectoryAndKeepsAGivenOne(@TempDir Path directory) {
        // Given
        KafkaBroker ours = KafkaBroker.start();
        KafkaBroker given = KafkaBroker.start(directory, 0);

        // When
        ours.close();
        given.close();

        // Then
        assertFalse(Files.exists(ours.directory()));
        assertTrue(Files.exists(directory.resolve("meta.properties")));
    }

    @Test
    void createsATopicOnceWithItsConfiguration() throws Exception {
        // When
        broker.createTopic("compacted", 2, Map.of("cleanup.policy", "compact"));
        broker.createTopic("compacted", 2, Map.of("cleanup.policy", "compact"));

        // Then
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, "compacted");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            List<Integer> partitions =
                    admin.describeTopics(List.of("compacted")).allTopicNames().get().values().stream()
                            .map(description -> description.partitions().size())
                            .toList();
            List<String> policies = admin.describeConfigs(List.of(resource)).all().get().values().stream()
                    .flatMap(config -> config.entries().stream())
                    .filter(entry -> entry.name().equals("cleanup.policy"))
                    .map(ConfigEntry::value)
                    .toList();
            assertEquals(List.of(2), partitions);
            assertEquals(List.of("compact"), policies);
        }
    }

    @Test
    void createsNoTopicByUse() {
        // When
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers(), "max.block.ms", "500"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            Exception refused = assertThrows(
                    Exception.class,
                    () -> producer.send(new ProducerRecord<>("misspelt", bytes("a")))
                            .get());

            // Then
            assertTrue(refused.getCause() instanceof TimeoutException, refused.toString());
        }
    }

    @Test
    void hidesAbortedRecordsAndReadsPastThem() throws Exception {
        // Given
        broker.createTopic("transactional", 1);
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "tx"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("transactional", bytes("committed")))
                    .get();
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("transactional", bytes("aborted")))
                    .get();
            producer.abortTransaction();
        }

        // When
        List<String> read = values(broker, "transactional");

        // Then
        assertEquals(List.of("committed"), read);
    }

    @Test
    void saysHowManyRecordsAreMissing() {
        // Given
        broker.createTopic("waiting", 1);
        broker.send("waiting", bytes("a"), bytes("1"));

        // When
        AssertionError late =
                assertThrows(AssertionError.class, () -> broker.awaitRecords("waiting", 2, Duration.ofMillis(200)));

        // Then
        assertEquals("waiting has 1 of 2 records after PT0.2S", late.getMessage());
        assertFalse(broker.awaitRecords("waiting", 1, Duration.ofSeconds(5)).isEmpty());
    }

    private static List<String> values(KafkaBroker broker, String topic) {
        return broker.readAll(topic).stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
