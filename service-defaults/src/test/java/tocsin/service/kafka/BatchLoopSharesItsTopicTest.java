package tocsin.service.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.service.kafka.LoopTopics.BROKER;
import static tocsin.service.kafka.LoopTopics.CLIENTS;
import static tocsin.service.kafka.LoopTopics.committed;
import static tocsin.service.kafka.LoopTopics.members;
import static tocsin.service.kafka.LoopTopics.settings;
import static tocsin.service.kafka.LoopTopics.texts;
import static tocsin.service.kafka.LoopTopics.within;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchLoopSharesItsTopicTest {

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
                        List.of(batch -> first.addAll(texts(batch)), batch -> second.addAll(texts(batch))))) {
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
    void losesNothingWhenMembersComeAndGo() {
        // Given two members that share partitions
        Topic topic = Topic.on(BROKER, 4);
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        BatchHandler handler = batch -> seen.addAll(texts(batch));
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

    /** A member that joins waits for all the others to take part again, so for the batch that takes longest. */
    @Test
    void handlesNothingTwiceThatItMayNotCommitWhileTheGroupWaitsForAnother() {
        // Given two members, one of which has a batch that takes long
        Topic topic = Topic.on(BROKER, 4);
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        BatchHandler quick = batch -> seen.addAll(texts(batch));
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        BatchHandler slow = batch -> {
            entered.countDown();
            leave.await();
            seen.addAll(texts(batch));
        };
        AtomicInteger sent = new AtomicInteger();
        Runnable send = () -> {
            String next = Integer.toString(sent.getAndIncrement());
            topic.send(next, next);
        };
        // Members hear of a rebalance by their heartbeats
        KafkaConfig soon = new KafkaConfig(BROKER.bootstrapServers(), "", Map.of("heartbeat.interval.ms", "200"));
        try (KafkaClients clients = KafkaClients.of(soon);
                BatchLoop first = new BatchLoop(clients, settings(topic), quick);
                BatchLoop second = new BatchLoop(clients, settings(topic), slow);
                BatchLoop third = new BatchLoop(clients, settings(topic), quick)) {
            first.start();
            within().until(() -> {
                send.run();
                return committed(topic) > 0;
            });
            second.start();
            within().until(() -> {
                send.run();
                return entered.getCount() == 0;
            });
            // When a third joins, and records come until what the quick one has handled stays uncommitted
            third.start();
            within().during(Duration.ofSeconds(1)).until(() -> {
                send.run();
                return seen.size() > committed(topic);
            });
            leave.countDown();
            // Then
            within().until(() -> committed(topic) == sent.get());
            assertEquals(sent.get(), seen.size());
        } finally {
            leave.countDown();
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
            seen.addAll(texts(batch));
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
}
