package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.service.kafka.Tables.LONG;
import static tocsin.service.kafka.Tables.within;

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
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class TopicTableTest {

    private static final Tables TABLES = Tables.shared();

    private static void remove(Topic topic, String key) throws InterruptedException {
        try (Producer<byte[], byte[]> producer = TABLES.clients().producer("test")) {
            DurableSend.one(producer, new ProducerRecord<>(topic.name(), key.getBytes(UTF_8), null));
        }
    }

    @Test
    void hasAllThatWasThereOnceItIsLoaded() throws InterruptedException {
        // Given a topic with changes and a tombstone over several partitions
        Topic topic = Topic.on(TABLES.broker(), 3);
        for (int i = 0; i < 50; i++) {
            topic.send("k" + i, "old");
            topic.send("k" + i, "v" + i);
        }
        remove(topic, "k7");
        try (TopicTable<String> table = TABLES.on(topic.name())) {
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
        Topic topic = Topic.on(TABLES.broker(), 2);
        ConcurrentLinkedQueue<Map.Entry<String, Optional<String>>> told = new ConcurrentLinkedQueue<>();
        try (TopicTable<String> table = new TopicTable<>(
                TABLES.clients(),
                topic.name(),
                Tables::decoded,
                TABLES.quarantine(),
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
        Topic topic = Topic.on(TABLES.broker(), 1);
        CountDownLatch asked = new CountDownLatch(1);
        try (TopicTable<String> table = TABLES.on(topic.name());
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
    void waitsForATopicThatIsNotThereYet() throws InterruptedException {
        try (TopicTable<String> table = TABLES.on("later")) {
            // Given
            table.start();
            assertFalse(table.awaitLoaded(Duration.ofSeconds(1)));
            Duration before = processorTime("table-later");
            assertFalse(table.awaitLoaded(Duration.ofSeconds(1)));
            Duration used = processorTime("table-later").minus(before);
            assertTrue(used.compareTo(Duration.ofMillis(400)) < 0, used::toString);
            // When
            TABLES.broker().createTopic("later", 2);
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
        Topic topic = Topic.on(TABLES.broker(), 2);
        topic.send("k1", "before");
        try (TopicTable<String> table = TABLES.on(topic.name())) {
            table.start();
            assertTrue(table.awaitLoaded(LONG));
            // When
            TABLES.broker().stop();
            assertEquals(Optional.of("before"), table.find("k1"));
            TABLES.broker().restart();
            topic.send("k2", "after");
            // Then
            within().until(() -> Set.copyOf(table.values()).equals(Set.of("before", "after")));
        }
    }

    @Test
    void isNeitherReadyNorAliveOnceItsThreadIsDead() throws InterruptedException {
        // Given a loaded table
        Topic topic = Topic.on(TABLES.broker(), 1);
        try (KafkaClients deadly = DeadlyInterceptor.clients(TABLES.broker());
                TopicTable<String> table =
                        new TopicTable<>(deadly, topic.name(), Tables::decoded, TABLES.quarantine())) {
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
