package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.MovableClock;

class TopicTableTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final KafkaBroker BROKER = KafkaBroker.start();
    private static final KafkaClients CLIENTS = KafkaClients.of(KafkaConfig.plain(BROKER.bootstrapServers()));
    private static final Quarantine QUARANTINE =
            new Quarantine(CLIENTS, "sample", MovableClock.at("2026-01-02T03:04:05Z"), new SimpleMeterRegistry());

    @BeforeAll
    static void createTopic() {
        BROKER.createTopic("sample.quarantine", 1);
    }

    @AfterAll
    static void stop() {
        QUARANTINE.close();
        CLIENTS.close();
        BROKER.close();
    }

    private static ConditionFactory within() {
        return Awaitility.await().atMost(LONG).pollInterval(Duration.ofMillis(50));
    }

    private static TopicTable<String> table(String topic) {
        return new TopicTable<>(CLIENTS, topic, TopicTableTest::decoded, QUARANTINE);
    }

    private static String decoded(byte[] value) {
        String text = new String(value, UTF_8);
        if (text.startsWith("bad")) {
            throw new IllegalArgumentException("it is " + text);
        }
        return text;
    }

    private static void remove(Topic topic, String key) throws InterruptedException {
        try (Producer<byte[], byte[]> producer = CLIENTS.producer("test")) {
            DurableSend.one(producer, new ProducerRecord<>(topic.name(), key.getBytes(UTF_8), null));
        }
    }

    @Test
    void hasAllThatWasThereOnceItIsLoaded() throws InterruptedException {
        // Given a topic with changes and a tombstone over several partitions
        Topic topic = Topic.on(BROKER, 3);
        for (int i = 0; i < 50; i++) {
            topic.send("k" + i, "old");
            topic.send("k" + i, "v" + i);
        }
        remove(topic, "k7");
        try (TopicTable<String> table = table(topic.name())) {
            assertFalse(table.isLoaded());
            assertTrue(table.whyNotReady().isPresent());
            // When
            table.start();
            assertTrue(table.awaitLoaded(LONG));
            // Then
            assertTrue(table.whyNotReady().isEmpty());
            assertEquals(49, table.values().size());
            assertEquals(Optional.of("v49"), table.find("k49"));
            assertEquals(Optional.empty(), table.find("k7"));
        }
    }

    @Test
    void followsChangesAndRemovals() throws InterruptedException {
        // Given
        Topic topic = Topic.on(BROKER, 2);
        ConcurrentLinkedQueue<Map.Entry<String, Optional<String>>> told = new ConcurrentLinkedQueue<>();
        try (TopicTable<String> table = new TopicTable<>(
                CLIENTS,
                topic.name(),
                TopicTableTest::decoded,
                QUARANTINE,
                (key, value) -> told.add(Map.entry(key, value)))) {
            table.start();
            assertTrue(table.awaitLoaded(LONG));
            // When
            topic.send("k", "1");
            topic.send("k", "2");
            within().until(() -> table.find("k").equals(Optional.of("2")));
            remove(topic, "k");
            remove(topic, "k");
            // Then
            within().until(() -> table.find("k").isEmpty());
            assertEquals(
                    List.of(
                            Map.entry("k", Optional.of("1")),
                            Map.entry("k", Optional.of("2")),
                            Map.entry("k", Optional.empty())),
                    List.copyOf(told));
        }
    }

    @Test
    void waitsForWhatIsOnItsWay() throws InterruptedException, ExecutionException, TimeoutException {
        // Given
        Topic topic = Topic.on(BROKER, 1);
        CountDownLatch asked = new CountDownLatch(1);
        try (TopicTable<String> table = table(topic.name());
                ExecutorService waiting = Executors.newVirtualThreadPerTaskExecutor()) {
            table.start();
            assertTrue(table.awaitLoaded(LONG));
            // When
            Future<Boolean> came = waiting.submit(() -> table.awaitUntil(
                    () -> {
                        asked.countDown();
                        return table.find("k").isPresent();
                    },
                    LONG.multipliedBy(2)));
            asked.await();
            topic.send("k", "1");
            // Then
            assertTrue(came.get(LONG.toSeconds(), TimeUnit.SECONDS));
            assertFalse(table.awaitUntil(() -> table.find("another").isPresent(), Duration.ofMillis(10)));
        }
    }

    @Test
    void putsWhatItCannotReadIntoQuarantineAndGoesOn() throws InterruptedException {
        // Given a loaded table
        Topic topic = Topic.on(BROKER, 1);
        topic.send("k", "good");
        topic.send("other", "bad before");
        try (TopicTable<String> table = table(topic.name())) {
            table.start();
            assertTrue(table.awaitLoaded(LONG));
            // When
            topic.send("k", "bad after");
            topic.send("next", "good");
            // Then its neighbours are there, the value before it stays, and what came after loading is in quarantine,
            // once
            within().until(() -> table.find("next").isPresent());
            assertEquals(Optional.of("good"), table.find("k"));
            List<String> reasons = BROKER.readAll("sample.quarantine").stream()
                    .map(record -> new String(
                            record.headers()
                                    .lastHeader(QuarantineHeaders.REASON)
                                    .value(),
                            UTF_8))
                    .toList();
            assertEquals(List.of("it is bad after"), reasons);
        }
    }

    @Test
    void keepsNothingOfARefusedRecordWhereItMayBeASecret() throws InterruptedException {
        // Given a loaded table that judges keys too
        Topic topic = Topic.on(BROKER, 1);
        BROKER.createTopic("secretive.quarantine", 1);
        try (Quarantine secretive = new Quarantine(
                        CLIENTS, "secretive", MovableClock.at("2026-01-02T03:04:05Z"), new SimpleMeterRegistry());
                TopicTable<String> table = TopicTable.keepingNothingRefused(
                        CLIENTS, topic.name(), TopicTableTest::ofGoodKey, secretive, (key, value) -> {});
                Producer<byte[], byte[]> producer = CLIENTS.producer("test")) {
            table.start();
            assertTrue(table.awaitLoaded(LONG));
            // When
            ProducerRecord<byte[], byte[]> bad =
                    new ProducerRecord<>(topic.name(), "raw-secret".getBytes(UTF_8), "raw-secret".getBytes(UTF_8));
            bad.headers().add("x-secret", "raw-secret".getBytes(UTF_8));
            DurableSend.one(producer, bad);
            // Then
            ConsumerRecord<byte[], byte[]> kept =
                    BROKER.awaitRecords("secretive.quarantine", 1, LONG).getFirst();
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
    void hasAllThatWasThereWhenAskedOnceItIsCaughtUp() throws InterruptedException {
        // Given a loaded table that reads more slowly than the topic is written
        Topic topic = Topic.on(BROKER, 3);
        try (TopicTable<String> table = new TopicTable<>(
                        CLIENTS,
                        topic.name(),
                        value -> {
                            LockSupport.parkNanos(200_000);
                            return decoded(value);
                        },
                        QUARANTINE);
                Producer<byte[], byte[]> producer = CLIENTS.producer("test")) {
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
        Topic topic = Topic.on(BROKER, 3);
        try (TopicTable<String> table = table(topic.name())) {
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
            assertTrue(took.compareTo(Duration.ofSeconds(4)) < 0, "took " + took);
        }
    }

    /** Its own view of the topic is minutes old by default. */
    @Test
    void catchesUpWithAPartitionThatWasAdded() throws Exception {
        // Given
        Topic topic = Topic.on(BROKER, 1);
        try (TopicTable<String> table = table(topic.name());
                Producer<byte[], byte[]> producer = CLIENTS.producer("test")) {
            table.start();
            assertTrue(table.awaitLoaded(LONG));

            // When
            CLIENTS.admin()
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
                TopicTable<String> table = new TopicTable<>(clients, "sample", TopicTableTest::decoded, QUARANTINE)) {
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

    @Test
    void waitsForATopicThatIsNotThereYet() throws InterruptedException {
        try (TopicTable<String> table = table("later")) {
            // Given
            table.start();
            assertFalse(table.awaitLoaded(Duration.ofSeconds(1)));
            Duration before = processorTime("table-later");
            assertFalse(table.awaitLoaded(Duration.ofSeconds(1)));
            Duration used = processorTime("table-later").minus(before);
            assertTrue(used.compareTo(Duration.ofMillis(400)) < 0, used::toString);
            // When
            BROKER.createTopic("later", 2);
            // Then
            assertTrue(table.awaitLoaded(LONG));
        }
    }

    private static Duration processorTime(String thread) {
        long id = Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals(thread))
                .findAny()
                .orElseThrow()
                .threadId();
        return Duration.ofNanos(ManagementFactory.getThreadMXBean().getThreadCpuTime(id));
    }

    @Test
    void goesOnAfterABrokerThatWasAway() throws InterruptedException {
        // Given a loaded table
        Topic topic = Topic.on(BROKER, 2);
        topic.send("k1", "before");
        try (TopicTable<String> table = table(topic.name())) {
            table.start();
            assertTrue(table.awaitLoaded(LONG));
            // When
            BROKER.stop();
            assertEquals(Optional.of("before"), table.find("k1"));
            BROKER.restart();
            topic.send("k2", "after");
            // Then
            within().until(() -> Set.copyOf(table.values()).equals(Set.of("before", "after")));
        }
    }

    @Test
    void survivesErrorsOfDecoderAndListener() {
        // Given
        Topic topic = Topic.on(BROKER, 1);
        try (TopicTable<String> table = new TopicTable<>(
                CLIENTS,
                topic.name(),
                value -> {
                    if (new String(value, UTF_8).equals("deep")) {
                        throw new StackOverflowError("too deep");
                    }
                    return decoded(value);
                },
                QUARANTINE,
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

    @Test
    void isNeitherReadyNorAliveOnceItsThreadIsDead() throws InterruptedException {
        // Given a loaded table
        Topic topic = Topic.on(BROKER, 1);
        try (KafkaClients deadly = DeadlyInterceptor.clients(BROKER);
                TopicTable<String> table =
                        new TopicTable<>(deadly, topic.name(), TopicTableTest::decoded, QUARANTINE)) {
            table.start();
            assertTrue(table.awaitLoaded(LONG));
            assertEquals(Optional.empty(), table.whyNotReady());
            assertEquals(Optional.empty(), table.whyDead());
            // When
            topic.send("k", "never read");
            // Then
            within().dontCatchUncaughtExceptions().until(() -> table.whyDead().isPresent());
            assertEquals(Optional.of("not running"), table.whyNotReady());
        }
    }
}
