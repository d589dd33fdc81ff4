package tocsin.service.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Reads every partition of one topic from the beginning and goes on for ever, outside any group. Keeps its place over the consumers it uses up.
 * Used by one thread, but for the question how far it is.
 */
final class TopicReader {

    /** Records end a poll at once. */
    private static final Duration POLL = Duration.ofMillis(100);

    private static final Duration ASK = Duration.ofSeconds(5);
    private static final Duration NEW_PARTITIONS = Duration.ofSeconds(30);
    /** A partition that is added is seen by who asks for the ends at once: the reader must not be minutes behind. */
    private static final int METADATA_AGE_MS = 10_000;

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

    /** How far is read, of each partition; told by the one thread to all who wait for a place. */
    private final Map<TopicPartition, Long> read = new HashMap<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition readOn = lock.newCondition();

    /** Somebody waits for a partition that is not known here. */
    private final AtomicBoolean lookNow = new AtomicBoolean();

    private boolean hasReachedEnd;
    private long lookForPartitionsAt;

    /** @param reachedEnd called once, when all is read that was there when the topic was first seen */
    TopicReader(KafkaClients clients, String topic, Sink sink, Runnable reachedEnd) {
        this.clients = clients;
        this.topic = topic;
        this.sink = sink;
        this.reachedEnd = reachedEnd;
    }

    /**
     * Whether all is read that is in the topic now. Whoever asks also asks the brokers: the reader itself goes on meanwhile. Any thread may ask.
     *
     * @return false if the time is up first, or the brokers do not tell
     */
    boolean awaitCaughtUp(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Map<TopicPartition, Long> wanted;
        try {
            wanted = ends(deadline);
        } catch (ExecutionException e) {
            return false;
        }
        lock.lock();
        try {
            while (!read.keySet().containsAll(wanted.keySet()) || !hasRead(wanted)) {
                if (!read.keySet().containsAll(wanted.keySet())) {
                    lookNow.set(true);
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                readOn.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRead(Map<TopicPartition, Long> wanted) {
        return wanted.entrySet().stream().allMatch(end -> read.getOrDefault(end.getKey(), 0L) >= end.getValue());
    }

    /** Where each partition ends for who reads no aborted transactions. */
    private Map<TopicPartition, Long> ends(long deadline) throws ExecutionException, InterruptedException {
        String name = clients.topic(topic);
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        clients.admin()
                .describeTopics(List.of(name), new DescribeTopicsOptions().timeoutMs(millisecondsTo(deadline)))
                .allTopicNames()
                .get()
                .values()
                .forEach(described -> described
                        .partitions()
                        .forEach(it -> latest.put(new TopicPartition(name, it.partition()), OffsetSpec.latest())));
        Map<TopicPartition, Long> ends = new HashMap<>();
        clients.admin()
                .listOffsets(
                        latest,
                        new ListOffsetsOptions(IsolationLevel.READ_COMMITTED).timeoutMs(millisecondsTo(deadline)))
                .all()
                .get()
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private static int millisecondsTo(long deadline) {
        return Math.toIntExact(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
    }

    /**
     * Returns when it should stop.
     *
     * @throws KafkaException when this consumer is of no more use: calling again goes on where it was
     */
    void run(BooleanSupplier stopping) {
        Consumer<byte[], byte[]> consumer =
                clients.consumer("table-" + topic, Map.of(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_AGE_MS));
        try {
            assign(consumer, positions.keySet());
            lookForPartitionsAt = System.nanoTime();
            while (!stopping.getAsBoolean()) {
                if (lookNow.getAndSet(false)) {
                    lookForPartitionsAt = System.nanoTime();
                }
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
                tellHowFar(consumer);
            }
        } catch (InterruptedException e) {
            // Only the end of the table interrupts its thread.
            Thread.currentThread().interrupt();
        } finally {
            close(consumer);
        }
    }

    /** The position, not the last record: compaction and transactions leave gaps at the end. */
    private void tellHowFar(Consumer<byte[], byte[]> consumer) {
        Map<TopicPartition, Long> now = new HashMap<>();
        for (TopicPartition partition : positions.keySet()) {
            try {
                now.put(partition, consumer.position(partition, Duration.ZERO));
            } catch (TimeoutException _) {
                // Its leader has just changed, and is away: it stays where it was known to be, and holds up no other.
            }
        }
        lock.lock();
        try {
            read.putAll(now);
            readOn.signalAll();
        } finally {
            lock.unlock();
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
