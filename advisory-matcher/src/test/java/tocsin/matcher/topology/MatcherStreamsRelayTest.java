package tocsin.matcher.topology;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.matcher.match.Matching;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.KafkaConfig;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.MovableClock;

class MatcherStreamsRelayTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    private static KafkaBroker broker;

    @TempDir
    private Path directory;

    private final AtomicInteger exits = new AtomicInteger();

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void isDeadOnceThreadsDieBeyondTheBudgetAndNotForAnOrderlyEnd() throws Exception {
        // Given
        createTopics("dies.", Map.of());
        KafkaClients clients = KafkaClients.of(KafkaConfig.plain(broker.bootstrapServers()));
        MatcherStreamsRelay relay = relay("dies.", clients);
        assertEquals(Optional.empty(), relay.whyDead());
        relay.start();
        await().atMost(LONG).until(() -> relay.whyNotReady().isEmpty());
        assertEquals(Optional.empty(), relay.whyDead());

        // When a topic that is read is taken away, which no thread survives
        clients.admin()
                .deleteTopics(List.of("dies." + Topics.ADVISORY_PUBLISHED.name()))
                .all()
                .get();

        // Then
        await().atMost(LONG).until(() -> relay.whyDead().isPresent());
        assertTrue(exits.get() > 0);

        // When
        relay.close();

        // Then
        assertEquals(Optional.empty(), relay.whyDead());
        clients.close();
    }

    @Test
    void isDeadWhereItRefusesToRun() {
        // Given
        createTopics("unequal.", Map.of(Topics.ADVISORY_SCAN, 2));
        KafkaClients clients = KafkaClients.of(KafkaConfig.plain(broker.bootstrapServers()));
        MatcherStreamsRelay relay = relay("unequal.", clients);

        // When
        relay.start();

        // Then
        await().atMost(LONG).until(() -> relay.whyDead().isPresent());
        assertTrue(relay.whyDead().orElseThrow().contains("equally many partitions"));
        assertEquals(1, exits.get());
        relay.close();
        clients.close();
    }

    @Test
    void answersHowItIsWhileTheGlobalStoresAreRestored() throws Exception {
        // Given
        createTopics("slow.", Map.of());
        KafkaClients clients = KafkaClients.of(new KafkaConfig(
                broker.bootstrapServers(), "", Map.of("global.consumer.interceptor.classes", HeldUp.class.getName())));
        try (Producer<byte[], byte[]> producer = clients.producer("test", Map.of())) {
            producer.send(new ProducerRecord<>(
                            "slow." + Topics.PACKAGE_POPULARITY.name(), new byte[] {1}, new byte[] {1}))
                    .get();
        }
        MatcherStreamsRelay relay = relay("slow.", clients);

        // When
        relay.start();
        assertTrue(HeldUp.BEGUN.await(60, TimeUnit.SECONDS));

        // Then
        assertEquals(Optional.empty(), assertTimeoutPreemptively(Duration.ofSeconds(10), relay::whyDead));
        HeldUp.GOES_ON.countDown();
        await().atMost(LONG).until(() -> relay.whyNotReady().isEmpty());
        assertEquals(0, exits.get());
        relay.close();
        clients.close();
    }

    /** A consumer that reads, and does not come back with it. */
    public static final class HeldUp implements ConsumerInterceptor<byte[], byte[]> {

        private static final CountDownLatch BEGUN = new CountDownLatch(1);
        private static final CountDownLatch GOES_ON = new CountDownLatch(1);

        @Override
        public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
            BEGUN.countDown();
            try {
                GOES_ON.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            return records;
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> configs) {}
    }

    private MatcherStreamsRelay relay(String prefix, KafkaClients clients) {
        MatchSettings settings = new MatchSettings(
                name -> prefix + name,
                new Matching(Duration.ofDays(7)),
                Duration.ofMillis(10),
                System::nanoTime,
                MovableClock.at(MatchPipe.NOW),
                new SimpleMeterRegistry());
        return new MatcherStreamsRelay(
                clients,
                new MatcherConfiguration(
                        directory,
                        prefix + "advisory-matcher",
                        1,
                        Duration.ofSeconds(1),
                        Duration.ofDays(7),
                        Duration.ofMillis(10),
                        64L * 1024 * 1024,
                        0,
                        Duration.ofSeconds(30)),
                settings,
                exits::incrementAndGet);
    }

    private static void createTopics(String prefix, Map<Topic, Integer> otherPartitions) {
        for (Topic topic : MatcherStreamsRelay.USED) {
            broker.createTopic(prefix + topic.name(), otherPartitions.getOrDefault(topic, 1));
        }
    }
}
