package tocsin.service.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One consumer's life in a {@link BatchLoop}. All of it, the rebalance callbacks too, runs in the loop's thread. */
final class BatchRun implements ConsumerRebalanceListener {

    private static final Logger LOG = LoggerFactory.getLogger(BatchRun.class);
    /** Also how soon a close is noticed. Records end a poll at once. */
    private static final Duration POLL = Duration.ofMillis(100);

    private final Consumer<byte[], byte[]> consumer;
    private final KafkaClients clients;
    private final BatchLoopSettings settings;
    private final BatchHandler handler;
    private final BooleanSupplier stopping;
    private final AtomicInteger failures;

    /** Read and not yet handled. */
    private List<ConsumerRecord<byte[], byte[]>> pending = new ArrayList<>();
    /** Where reading goes on once they are. */
    private final Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
    /** Handled and not yet committed. */
    private final Map<TopicPartition, OffsetAndMetadata> owed = new HashMap<>();

    BatchRun(
            Consumer<byte[], byte[]> consumer,
            KafkaClients clients,
            BatchLoopSettings settings,
            BatchHandler handler,
            BooleanSupplier stopping,
            AtomicInteger failures) {
        this.consumer = consumer;
        this.clients = clients;
        this.settings = settings;
        this.handler = handler;
        this.stopping = stopping;
        this.failures = failures;
    }

    void run() {
        consumer.subscribe(settings.topics().stream().map(clients::topic).toList(), this);
        while (!stopping.getAsBoolean()) {
            if (pending.isEmpty()) {
                consumer.resume(consumer.paused());
                poll(POLL);
            }
            if (!pending.isEmpty() && !handlePending()) {
                backOff(settings.backoff(failures.incrementAndGet()));
            }
            commitOwed();
        }
    }

    private void poll(Duration wait) {
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(wait);
        for (TopicPartition partition : polled.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
            pending.addAll(records);
            ConsumerRecord<byte[], byte[]> last = records.getLast();
            // A position, not arithmetic over gaps: reading resumes at the first record at or after it.
            next.put(partition, new OffsetAndMetadata(last.offset() + 1, last.leaderEpoch(), ""));
        }
    }

    /** @return whether all that was pending is done now */
    private boolean handlePending() {
        List<ConsumerRecord<byte[], byte[]>> batch = List.copyOf(pending);
        try {
            handler.handle(batch);
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException("the handler returned interrupted");
            }
        } catch (Exception | Error e) {
            // An interrupt that is not close()'s is the handler's own affair; left set, it would break every poll from
            // here on.
            boolean interrupted =
                    Thread.interrupted() || e instanceof InterruptedException || e instanceof InterruptException;
            if (stopping.getAsBoolean()) {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return false;
            }
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("group", settings.groupId())
                    .addKeyValue("records", batch.size())
                    .addKeyValue("failures", failures.get() + 1)
                    .log("batch.failed");
            return false;
        }
        failures.set(0);
        clients.handled(settings.groupId(), batch);
        owed.putAll(next);
        next.clear();
        pending = new ArrayList<>();
        return true;
    }

    /** Polls all the while, so that the group keeps this member, and takes nothing: what is paused is decided anew before each poll. */
    private void backOff(Duration wait) {
        long until = System.nanoTime() + wait.toNanos();
        while (!stopping.getAsBoolean() && !pending.isEmpty()) {
            long left = until - System.nanoTime();
            if (left <= 0) {
                break;
            }
            consumer.pause(consumer.assignment());
            // A partition that comes to us in this very poll may bring records along; they join the batch.
            poll(Duration.ofNanos(Math.min(left, POLL.toNanos())));
        }
    }

    private void commitOwed() {
        if (owed.isEmpty()) {
            return;
        }
        switch (CommitOutcome.commit(consumer, Map.copyOf(owed), settings.groupId())) {
            // Whoever has the partitions now sees again what was refused.
            case DONE, REFUSED -> owed.clear();
            case POSTPONED -> {} // It is committed with what comes next.
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (!partitions.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("group", settings.groupId())
                    .addKeyValue("partitions", partitions.size())
                    .log("partitions.assigned");
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        commitOwed();
        forget(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        forget(partitions);
    }

    private void forget(Collection<TopicPartition> partitions) {
        Set<TopicPartition> gone = new HashSet<>(partitions);
        pending.removeIf(record -> gone.contains(new TopicPartition(record.topic(), record.partition())));
        next.keySet().removeAll(gone);
        owed.keySet().removeAll(gone);
    }
}
