package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tocsin.testsupport.KafkaBroker;

/** Under a group.instance.id, with which a broker gives who comes back what it had before, and does not think anew. */
class MemberConsumerTest {

    private static final String INSTANCE = "pod-0";
    private static final Duration TURN = Duration.ofMillis(50);

    private static final KafkaBroker BROKER = KafkaBroker.start();
    private static final KafkaClients CLIENTS = KafkaClients.of(
            new KafkaConfig(BROKER.bootstrapServers(), "", Map.of(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, INSTANCE)));

    private final Topic topic = Topic.on(BROKER, 2);
    private final String group = "group-" + topic.name();

    /** How the life before ended. */
    enum End {
        CLOSED,
        KILLED
    }

    @AfterAll
    static void stop() {
        CLIENTS.close();
        BROKER.close();
    }

    private static ConditionFactory within() {
        return Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(TURN);
    }

    @ParameterizedTest
    @EnumSource
    void noPartitionStaysUnreadAfterALifeThatEndedInTheMiddleOfAHandOver(End end) throws InterruptedException {
        // Given
        endInTheMiddleOfAHandOver(end);
        // When
        Set<String> read = ConcurrentHashMap.newKeySet();
        AtomicInteger sent = new AtomicInteger();
        BatchHandler handler = batch -> batch.forEach(record -> read.add(new String(record.value(), UTF_8)));
        try (BatchLoop loop =
                new BatchLoop(CLIENTS, BatchLoopSettings.of(group, topic.name()), List.of(handler, handler))) {
            loop.start();
            within().until(() -> {
                String next = Integer.toString(sent.getAndIncrement());
                topic.send(next, next);
                return !read.isEmpty();
            });
            // Then
            within().until(() -> read.size() == sent.get());
        }
    }

    @Test
    void isNoMemberAnyMoreOnceItIsClosed() throws ExecutionException, InterruptedException {
        // Given
        try (Consumer<byte[], byte[]> consumer = CLIENTS.member(group, 1, Map.of())) {
            consumer.subscribe(List.of(topic.name()), new Listener());
            within().until(() -> {
                consumer.poll(TURN);
                return consumer.assignment().size() == 2;
            });
            assertEquals(1, members());
            // When
        }
        // Then
        assertEquals(0, members());
    }

    private int members() throws ExecutionException, InterruptedException {
        return CLIENTS.admin().describeConsumerGroups(List.of(group)).all().get().values().stream()
                .mapToInt(described -> described.members().size())
                .sum();
    }

    /** The first member has given up a partition, and before it could say so, so that the second gets it, both are gone. */
    private void endInTheMiddleOfAHandOver(End end) throws InterruptedException {
        CountDownLatch givenUp = new CountDownLatch(1);
        Consumer<byte[], byte[]> first = member(end, 1);
        first.subscribe(List.of(topic.name()), new Listener() {
            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                if (givenUp.getCount() > 0) {
                    // Out of the poll, which would take part once more at once.
                    throw new IllegalStateException("gone");
                }
            }
        });
        within().until(() -> {
            first.poll(TURN);
            return first.assignment().size() == 2;
        });
        Thread second = Thread.ofPlatform().start(() -> {
            Consumer<byte[], byte[]> consumer = member(end, 2);
            consumer.subscribe(List.of(topic.name()), new Listener());
            while (givenUp.getCount() > 0) {
                consumer.poll(TURN);
            }
            end(consumer, end);
        });
        assertThrows(KafkaException.class, () -> {
            while (second.isAlive()) {
                first.poll(TURN);
            }
        });
        givenUp.countDown();
        second.join();
        end(first, end);
    }

    private Consumer<byte[], byte[]> member(End end, int number) {
        return switch (end) {
            case CLOSED -> CLIENTS.member(group, number, Map.of());
            case KILLED -> killed(number);
        };
    }

    private static void end(Consumer<byte[], byte[]> consumer, End end) {
        switch (end) {
            case CLOSED -> new LeavingConsumer(consumer).close();
            // As the broker sees it: a silence.
            case KILLED ->
                consumer.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.REMAIN_IN_GROUP));
        }
    }

    private Consumer<byte[], byte[]> killed(int number) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, BROKER.bootstrapServers(),
                ConsumerConfig.GROUP_ID_CONFIG, group,
                ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, KafkaClients.memberName(INSTANCE, number),
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static class Listener implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}
    }
}
