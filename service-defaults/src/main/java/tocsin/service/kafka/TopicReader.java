package tocsin.service.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Reads every partition of one topic from the beginning and goes on for ever, outside any group. Keeps its place over the consumers it uses up.
 * Used by one thread.
 */
final class TopicReader {

    /** Also how soon somebody who asks for the end is heard. Records end a poll at once. */
    private static final Duration POLL = Duration.ofMillis(100);

    private static final Duration ASK = Duration.ofSeconds(5);
    private static final Duration NEW_PARTITIONS = Duration.ofSeconds(30);
    /** Without partitions there is nothing to poll, which is what else would wait. */
    private static final Duration NO_TOPIC = Duration.ofMillis(100);

    /** Told of each record in the order of its partition. */
    interface Sink {
        void apply(ConsumerRecord<byte[], byte[]> record);
    }

    private final KafkaClients clients;
    private final String topic;
    private final Sink sink;
    private final Runnable reachedEnd;

    private final Map<TopicPartition, Long> positions = new HashMap<>();
    /** Where each partition ended when first seen; empty once all are reached. */
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    /** Who wants to know when all is read that is there now, and was not heard yet. */
    private final Queue<CountDownLatch> asked = new ConcurrentLinkedQueue<>();
    /** Who was heard, and where each partition ended then. */
    private final List<CountDownLatch> askers = new ArrayList<>();

    private final Map<TopicPartition, Long> askedEnds = new HashMap<>();

    private boolean hasReachedEnd;
    private long lookForPartitionsAt;

    /** @param reachedEnd called once, when all is read that was there when the topic was first seen */
    TopicReader(KafkaClients clients, String topic, Sink sink, Runnable reachedEnd) {
        this.clients = clients;
        this.topic = topic;
        this.sink = sink;
        this.reachedEnd = reachedEnd;
    }

    /** Counted down once all is read that is in the topic now. Any thread may ask. */
    CountDownLatch whenCaughtUp() {
        CountDownLatch latch = new CountDownLatch(1);
        asked.add(latch);
        return latch;
    }

    /**
     * Returns when it should stop.
     *
     * @throws KafkaException when this consumer is of no more use: calling again goes on where it was
     */
    void run(BooleanSupplier stopping) {
        Consumer<byte[], byte[]> consumer = clients.consumer("table-" + topic, Map.of());
        try {
            assign(consumer, positions.keySet());
            lookForPartitionsAt = System.nanoTime();
            while (!stopping.getAsBoolean()) {
                hear(consumer);
                lookForPartitions(consumer);
                if (positions.isEmpty()) {
                    Thread.sleep(NO_TOPIC);
                    continue;
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    sink.apply(record);
                    positions.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
                }
                lookForEnd(consumer);
                answer(consumer);
            }
        } catch (InterruptedException e) {
            // Only the end of the table interrupts its thread.
            Thread.currentThread().interrupt();
        } finally {
            close(consumer);
        }
    }

    /** One question for all who ask at the same time; who asks while it is under way is heard after it. */
    private void hear(Consumer<byte[], byte[]> consumer) {
        if (asked.isEmpty() || !askers.isEmpty()) {
            return;
        }
        // What was written may be in a partition that came after the last look.
        lookForPartitionsAt = System.nanoTime();
        lookForPartitions(consumer);
        if (positions.isEmpty()) {
            return;
        }
        List<CountDownLatch> heard = new ArrayList<>();
        for (CountDownLatch latch = asked.poll(); latch != null; latch = asked.poll()) {
            heard.add(latch);
        }
        try {
            askedEnds.putAll(consumer.endOffsets(positions.keySet(), ASK));
            askers.addAll(heard);
        } catch (TimeoutException e) {
            asked.addAll(heard);
        }
    }

    private void answer(Consumer<byte[], byte[]> consumer) {
        if (askers.isEmpty()) {
            return;
        }
        askedEnds.entrySet().removeIf(end -> consumer.position(end.getKey(), ASK) >= end.getValue());
        if (askedEnds.isEmpty()) {
            askers.forEach(CountDownLatch::countDown);
            askers.clear();
        }
    }

    private void lookForPartitions(Consumer<byte[], byte[]> consumer) {
        if (System.nanoTime() - lookForPartitionsAt < 0) {
            return;
        }
        try {
            Set<TopicPartition> found = new HashSet<>();
            for (PartitionInfo partition : partitions(consumer)) {
                found.add(new TopicPartition(partition.topic(), partition.partition()));
            }
            found.removeAll(positions.keySet());
            if (!found.isEmpty()) {
                if (!hasReachedEnd) {
                    ends.putAll(consumer.endOffsets(found, ASK));
                }
                found.forEach(partition -> positions.put(partition, 0L));
                assign(consumer, positions.keySet());
            }
            Duration next = positions.isEmpty() ? Duration.ofMillis(500) : NEW_PARTITIONS;
            lookForPartitionsAt = System.nanoTime() + next.toNanos();
        } catch (TimeoutException e) {
            // No broker, or the topic is not there yet: asked again before the next poll.
            lookForPartitionsAt = System.nanoTime();
        }
    }

    private List<PartitionInfo> partitions(Consumer<byte[], byte[]> consumer) {
        List<PartitionInfo> partitions = consumer.partitionsFor(clients.topic(topic), ASK);
        return partitions == null ? List.of() : partitions;
    }

    private void assign(Consumer<byte[], byte[]> consumer, Set<TopicPartition> partitions) {
        consumer.assign(partitions);
        // Offset 0 may be gone; then the consumer goes on at the earliest there is.
        partitions.forEach(partition -> consumer.seek(partition, positions.getOrDefault(partition, 0L)));
    }

    private void lookForEnd(Consumer<byte[], byte[]> consumer) {
        if (hasReachedEnd) {
            return;
        }
        // The position, not the last record: compaction and transactions leave gaps at the end.
        ends.entrySet().removeIf(end -> consumer.position(end.getKey(), ASK) >= end.getValue());
        if (ends.isEmpty()) {
            hasReachedEnd = true;
            reachedEnd.run();
        }
    }

    private static void close(Consumer<byte[], byte[]> consumer) {
        boolean interrupted = Thread.interrupted();
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
