package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.service.kafka.Tables.LONG;
import static tocsin.service.kafka.Tables.decoded;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.KafkaBroker;

/** Who asks whether a table has caught up, and is told so, finds all that was there when he asked. */
class TopicTableCatchesUpTest {

    private static final Tables TABLES = Tables.shared();

    @Test
    void hasAllThatWasThereWhenAskedOnceItIsCaughtUp() throws InterruptedException {
        // Given a loaded table that reads more slowly than the topic is written
        Topic topic = Topic.on(TABLES.broker(), 3);
        try (TopicTable<String> table = new TopicTable<>(
                        TABLES.clients(),
                        topic.name(),
                        value -> {
                            LockSupport.parkNanos(200_000);
                            return decoded(value);
                        },
                        TABLES.quarantine());
                Producer<byte[], byte[]> producer = TABLES.clients().producer("test")) {
            table.start();
            assertTrue(table.awaitLoaded(LONG));
            // When
            DurableSend.all(
                    producer,
                    IntStream.range(0, 4_000)
                            .mapToObj(i -> new ProducerRecord<>(
                                    topic.name(), ("k" + i).getBytes(UTF_8), "there".getBytes(UTF_8)))
                            .toList());
            assertTrue(table.awaitCaughtUp(LONG));
            // Then
            assertEquals(4_000, table.values().size());
        }
    }

    /** A fetch of a quiet topic takes half a second, and nobody who asks may wait for it. */
    @Test
    void answersAtOnceWhoAsksWhileNothingComes() throws InterruptedException {
        // Given
        Topic topic = Topic.on(TABLES.broker(), 3);
        try (TopicTable<String> table = TABLES.on(topic.name())) {
            table.start();
            assertTrue(table.awaitLoaded(LONG));
            assertTrue(table.awaitCaughtUp(LONG));

            // When
            long asked = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                assertTrue(table.awaitCaughtUp(LONG));
            }

            // Then
            Duration took = Duration.ofNanos(System.nanoTime() - asked);
            // Twenty fetches would take ten seconds.
            assertTrue(took.compareTo(Duration.ofSeconds(8)) < 0, "took " + took);
        }
    }

    /** Its own view of the topic is minutes old by default. */
    @Test
    void catchesUpWithAPartitionThatWasAdded() throws Exception {
        // Given
        Topic topic = Topic.on(TABLES.broker(), 1);
        try (TopicTable<String> table = TABLES.on(topic.name());
                Producer<byte[], byte[]> producer = TABLES.clients().producer("test")) {
            table.start();
            assertTrue(table.awaitLoaded(LONG));

            // When
            TABLES.clients()
                    .admin()
                    .createPartitions(Map.of(topic.name(), NewPartitions.increaseTo(2)))
                    .all()
                    .get();
            DurableSend.one(
                    producer, new ProducerRecord<>(topic.name(), 1, "added".getBytes(UTF_8), "there".getBytes(UTF_8)));

            // Then
            assertTrue(table.awaitCaughtUp(LONG));
            assertEquals(Optional.of("there"), table.find("added"));
        }
    }

    @Test
    void doesNotSayThatItIsCaughtUpWithoutABroker() throws InterruptedException {
        try (KafkaBroker other = KafkaBroker.start();
                KafkaClients clients = KafkaClients.of(KafkaConfig.plain(other.bootstrapServers()));
                TopicTable<String> table = new TopicTable<>(clients, "sample", Tables::decoded, TABLES.quarantine())) {
            // Given
            other.createTopic("sample", 1);
            table.start();
            assertTrue(table.awaitLoaded(LONG));
            // When
            other.stop();
            // Then
            assertFalse(table.awaitCaughtUp(Duration.ofSeconds(1)));
            // And it says so once the broker is back
            other.restart();
            assertTrue(table.awaitCaughtUp(LONG));
        }
    }
}
