package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.testsupport.KafkaBroker;

class BatchLoopTest {

    private static final KafkaBroker BROKER = KafkaBroker.start();
    private static final KafkaClients CLIENTS = KafkaClients.of(KafkaConfig.plain(BROKER.bootstrapServers()));

    @AfterAll
    static void stop() {
        CLIENTS.close();
        BROKER.close();
    }

    private static ConditionFactory within() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }

    private static BatchLoopSettings settings(Topic topic) {
        return BatchLoopSettings.of("group-" + topic.name(), topic.name())
                .withBackoff(Duration.ofMillis(50), Duration.ofMillis(200));
    }

    private static List<String> values(List<ConsumerRecord<byte[], byte[]>> batch) {
        return batch.stream().map(record -> new String(record.value(), UTF_8)).toList();
    }

    private static int members(Topic topic) {
        String group = "group-" + topic.name();
        try {
            return CLIENTS.admin().describeConsumerGroups(List.of(group)).all().get().values().stream()
                    .mapToInt(described -> described.members().size())
                    .sum();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long committed(Topic topic) {
        try {
            return CLIENTS
                    .admin()
                    .listConsumerGroupOffsets("group-" + topic.name())
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .values()
                    .stream()
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Once it is done: an attempt that fails tells nothing. */
    @Test
    void tellsHowOldABatchWasWhenItWasDone() {
        // Given
        Topic topic = Topic.on(BROKER, 1);
        topic.send("k", "a");
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        AtomicInteger failures = new AtomicInteger(2);
        Clock inAnHour = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
        try (KafkaClients clients = new KafkaClients(KafkaConfig.plain(BROKER.bootstrapServers()), registry, inAnHour);
                BatchLoop loop = new BatchLoop(clients, settings(topic), batch -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new IllegalStateException("not yet");
                    }
                })) {
            // When
            loop.start();
            within().until(() -> committed(topic) == 1);
        }

        // Then
        Timer age = registry.get("tocsin.handled.age")
                .tag("group", "group-" + topic.name())
                .tag("topic", topic.name())
                .timer();
        double seconds = age.max(TimeUnit.SECONDS);
        assertTrue(seconds >= 3_600 && seconds < 3_700, () -> "after " + seconds);
        assertEquals(1, age.count());
    }

    @Test
    void commitsOnlyAfterTheHandlerReturned() throws InterruptedException {
        // Given a handler that holds a batch
        Topic topic = Topic.on(BROKER, 1);
        topic.send("k", "a");
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try (BatchLoop loop = new BatchLoop(CLIENTS, settings(topic), batch -> {
            entered.countDown();
            leave.await();
        })) {
            loop.start();
            assertTrue(entered.await(30, TimeUnit.SECONDS));
            // When nothing but the handler is between the record and the commit
            assertEquals(0, committed(topic));
            leave.countDown();
            // Then
            within().until(() -> committed(topic) == 1);
        }
    }

    /** Without an id of its own for the instance, and with one, which two members may not share. */
    @ParameterizedTest
    @ValueSource(strings = {"", "pod-0"})
    void isAsManyMembersAsItHasHandlers(String instanceId) {
        // Given two handlers for four partitions
        Topic topic = Topic.on(BROKER, 4);
        Set<String> first = ConcurrentHashMap.newKeySet();
        Set<String> second = ConcurrentHashMap.newKeySet();
        AtomicInteger sent = new AtomicInteger();
        Map<String, String> client = instanceId.isEmpty() ? Map.of() : Map.of("group.instance.id", instanceId);
        try (KafkaClients clients = KafkaClients.of(new KafkaConfig(BROKER.bootstrapServers(), "", client));
                BatchLoop loop = new BatchLoop(
                        clients,
                        settings(topic),
                        List.of(batch -> first.addAll(values(batch)), batch -> second.addAll(values(batch))))) {
            loop.start();
            // When records come until both had some
            within().until(() -> {
                String next = Integer.toString(sent.getAndIncrement());
                topic.send(next, next);
                return !first.isEmpty() && !second.isEmpty();
            });
            // Then each record was handled and is committed, and nobody pushed the other out
            within().until(() -> committed(topic) == sent.get());
            assertEquals(2, members(topic));
            assertEquals(
                    sent.get(),
                    Stream.concat(first.stream(), second.stream()).distinct().count());
            assertEquals(Optional.empty(), loop.whyNotReady());
        }
    }

    @Test
    void isNotReadyWhileOneOfItsMembersFails() {
        // Given a second handler that cannot do its work
        Topic topic = Topic.on(BROKER, 2);
        AtomicInteger sent = new AtomicInteger();
        BatchHandler failing = _ -> {
            throw new IllegalStateException("not durable yet");
        };
        try (BatchLoop loop = new BatchLoop(CLIENTS, settings(topic), List.of(_ -> {}, failing))) {
            loop.start();
            // When records come for both / Then
            within().until(() -> {
                String next = Integer.toString(sent.getAndIncrement());
                topic.send(next, next);
                return loop.whyNotReady().orElse("").startsWith("failed");
            });
        }
    }

    @Test
    void bringsTheSameRecordsAgainUntilTheyAreHandled() {
        // Given a handler that fails three times
        Topic topic = Topic.on(BROKER, 1);
        List.of("a", "b", "c").forEach(value -> topic.send("k", value));
        ConcurrentLinkedQueue<List<String>> seen = new ConcurrentLinkedQueue<>();
        Set<Long> committedMeanwhile = ConcurrentHashMap.newKeySet();
        AtomicInteger failures = new AtomicInteger(3);
        try (BatchLoop loop = new BatchLoop(CLIENTS, settings(topic), batch -> {
            seen.add(values(batch));
            if (failures.getAndDecrement() > 0) {
                committedMeanwhile.add(committed(topic));
                throw new IllegalStateException("not durable yet");
            }
        })) {
            // When
            loop.start();
            within().until(() -> committed(topic) == 3);
            // Then the first batch came four times, unchanged, and nothing was skipped
            assertEquals(Set.of(0L), committedMeanwhile);
            List<List<String>> batches = List.copyOf(seen);
            assertEquals(1, Set.copyOf(batches.subList(0, 4)).size());
            assertEquals(
                    List.of("a", "b", "c"),
                    batches.subList(3, batches.size()).stream()
                            .flatMap(List::stream)
                            .toList());
        }
    }

    @Test
    void keepsItsPlaceInTheGroupWhileItBacksOff() {
        // Given a pause after a failure that is longer than the longest time a member may go without polling
        Topic topic = Topic.on(BROKER, 1);
        topic.send("k", "a");
        AtomicInteger calls = new AtomicInteger();
        BatchLoopSettings settings = new BatchLoopSettings(
                "group-" + topic.name(),
                List.of(topic.name()),
                10,
                Duration.ofSeconds(4),
                Duration.ofSeconds(4),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5));
        try (BatchLoop loop = new BatchLoop(CLIENTS, settings, batch -> {
            if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("not yet");
            }
        })) {
            // When
            loop.start();
            within().until(() -> committed(topic) == 1);
            // Then the second call's commit was taken, with no third after a new start
            assertEquals(2, calls.get());
        }
    }

    @Test
    void completesOverABrokerThatStopsAndStarts() {
        // Given a loop at work
        Topic topic = Topic.on(BROKER, 3);
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        AtomicBoolean works = new AtomicBoolean(true);
        try (BatchLoop loop = new BatchLoop(CLIENTS, settings(topic).withMaxRecords(5), batch -> {
            if (!works.get()) {
                throw new IllegalStateException("not durable");
            }
            seen.addAll(values(batch));
        })) {
            loop.start();
            IntStream.range(0, 20).forEach(i -> topic.send("k" + i, "before-" + i));
            within().until(() -> seen.size() >= 20);
            // When the handler fails, the broker stops and starts, and the handler recovers
            works.set(false);
            IntStream.range(0, 20).forEach(i -> topic.send("k" + i, "during-" + i));
            BROKER.stop();
            BROKER.restart();
            works.set(true);
            IntStream.range(0, 20).forEach(i -> topic.send("k" + i, "after-" + i));
            // Then
            within().until(() -> committed(topic) == 60);
            Set<String> expected = IntStream.range(0, 20)
                    .boxed()
                    .flatMap(i -> List.of("before-" + i, "during-" + i, "after-" + i).stream())
                    .collect(Collectors.toSet());
            assertEquals(expected, Set.copyOf(seen));
        }
    }

    @Test
    void losesNothingWhenMembersComeAndGo() {
        // Given two members that share partitions
        Topic topic = Topic.on(BROKER, 4);
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        BatchHandler handler = batch -> seen.addAll(values(batch));
        try (BatchLoop first = new BatchLoop(CLIENTS, settings(topic).withMaxRecords(3), handler)) {
            first.start();
            IntStream.range(0, 40).forEach(i -> topic.send("k" + i, "a" + i));
            // When a second joins, works and leaves
            try (BatchLoop second = new BatchLoop(CLIENTS, settings(topic).withMaxRecords(3), handler)) {
                second.start();
                IntStream.range(0, 40).forEach(i -> topic.send("k" + i, "b" + i));
                within().until(() -> committed(topic) >= 60);
            }
            IntStream.range(0, 40).forEach(i -> topic.send("k" + i, "c" + i));
            // Then
            within().until(() -> committed(topic) == 120);
            assertEquals(120, Set.copyOf(seen).size());
        }
    }

    @Test
    void letsTheRunningBatchEndWhenItIsClosed() throws InterruptedException {
        // Given a batch under way
        Topic topic = Topic.on(BROKER, 1);
        topic.send("k", "a");
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        BatchLoop loop = new BatchLoop(CLIENTS, settings(topic), batch -> {
            entered.countDown();
            leave.await();
        });
        loop.start();
        assertTrue(entered.await(30, TimeUnit.SECONDS));
        // When it is closed meanwhile
        Thread closing = Thread.ofVirtual().start(loop::close);
        leave.countDown();
        closing.join();
        // Then what it did is committed
        assertEquals(1, committed(topic));
        assertEquals("not running", loop.whyNotReady().orElseThrow());
    }

    @Test
    void abandonsABatchThatDoesNotEnd() throws InterruptedException {
        // Given a batch that never ends
        Topic topic = Topic.on(BROKER, 1);
        topic.send("k", "a");
        CountDownLatch entered = new CountDownLatch(1);
        BatchLoop loop = new BatchLoop(CLIENTS, settings(topic).withCloseGrace(Duration.ofMillis(100)), batch -> {
            entered.countDown();
            new CountDownLatch(1).await();
        });
        loop.start();
        assertTrue(entered.await(30, TimeUnit.SECONDS));
        // When
        loop.close();
        // Then it is not committed
        assertEquals("not running", loop.whyNotReady().orElseThrow());
        assertEquals(0, committed(topic));
    }

    @Test
    void isNotReadyWhileItFailsInARow() {
        Topic topic = Topic.on(BROKER, 1);
        topic.send("k", "a");
        AtomicBoolean works = new AtomicBoolean();
        try (BatchLoop loop = new BatchLoop(CLIENTS, settings(topic), batch -> {
            if (!works.get()) {
                // An error too, not only an exception.
                throw new AssertionError("broken");
            }
        })) {
            loop.start();
            within().until(() -> loop.whyNotReady().orElse("").startsWith("failed"));
            works.set(true);
            within().until(() -> loop.whyNotReady().isEmpty());
        }
    }

    @Test
    void countsAReturnWithTheInterruptSetAsAFailure() {
        Topic topic = Topic.on(BROKER, 1);
        topic.send("k", "a");
        AtomicBoolean works = new AtomicBoolean();
        try (BatchLoop loop = new BatchLoop(CLIENTS, settings(topic), batch -> {
            if (!works.get()) {
                Thread.currentThread().interrupt();
            }
        })) {
            // Given a handler that swallowed an interrupt
            loop.start();
            // When it does so again and again
            within().until(() -> loop.whyNotReady().orElse("").startsWith("failed"));
            assertEquals(0, committed(topic));
            // Then it is tried again as after any failure
            works.set(true);
            within().until(() -> committed(topic) == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void saysThatItIsDeadWhenOneOfItsThreadsIs(int threads) {
        Topic topic = Topic.on(BROKER, 1);
        try (KafkaClients deadly = DeadlyInterceptor.clients(BROKER);
                BatchLoop loop =
                        new BatchLoop(deadly, settings(topic), Collections.nCopies(threads, (BatchHandler) _ -> {}))) {
            assertTrue(loop.whyDead().isEmpty());
            loop.start();
            assertTrue(loop.whyDead().isEmpty());
            // When
            topic.send("k", "a");
            // Then
            within().dontCatchUncaughtExceptions().until(() -> loop.whyDead().isPresent());
        }
    }

    @Test
    void isNotDeadWhenItIsClosed() {
        BatchLoop loop = new BatchLoop(CLIENTS, settings(Topic.on(BROKER, 1)), batch -> {});
        loop.start();
        loop.close();
        assertTrue(loop.whyDead().isEmpty());
    }
}
