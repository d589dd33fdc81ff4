package tocsin.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Reads one topic with one thread, which alone touches the consumer. It never waits for an attempt, except when
 * partitions leave, so membership is kept however slow or broken the world behind the handler is.
 */
final class TierConsumer implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(TierConsumer.class);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    /** One commit that fails, or a few, are usual during a rebalance. */
    private static final int TOO_MANY_COMMIT_FAILURES = 20;

    private final ReadTopic reading;
    private final PartitionWindows windows;
    private final KafkaClientFactory clients;
    private final EngineConfig.Timing timing;
    private final StopSignal takeNoMore;
    private final EngineMetrics metrics;

    private final Map<Integer, Long> committed = new HashMap<>();
    private boolean commitUnderway;
    /** Since this consumer was made. */
    private boolean joined;

    private long joinedAt;

    private volatile int commitFailures;
    private long nextCommit = System.nanoTime();
    private int failures;
    private volatile boolean failing;
    private volatile WindowView view = WindowView.NONE;

    TierConsumer(
            ReadTopic reading,
            PartitionWindows windows,
            KafkaClientFactory clients,
            EngineConfig.Timing timing,
            StopSignal takeNoMore,
            EngineMetrics metrics) {
        this.reading = reading;
        this.windows = windows;
        this.clients = clients;
        this.timing = timing;
        this.takeNoMore = takeNoMore;
        this.metrics = metrics;
        metrics.watch(reading.topic(), () -> view, () -> commitFailures);
        if (reading.tier().isPresent()) {
            metrics.watchDue(reading.topic(), () -> windows.overdue(view));
        }
    }

    String topic() {
        return reading.topic();
    }

    /** Has no working consumer at present. */
    boolean isFailing() {
        return failing;
    }

    @Override
    public void run() {
        try {
            do {
                readUntilItFails();
            } while (!takeNoMore.isGiven() && takeNoMore.pause(Backoff.DEFAULT.after(failures)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The broker knows all that counts, so the cure for any failure is a new consumer. */
    private void readUntilItFails() throws InterruptedException {
        try {
            Consumer<byte[], byte[]> consumer = clients.consumer(reading.groupId(), reading.groupId());
            try {
                read(consumer);
            } finally {
                windows.forget(windows.trackers().keySet());
                view = WindowView.NONE;
                consumer.close(CloseOptions.timeout(CLOSE));
            }
        } catch (RuntimeException e) {
            failures++;
            failing = true;
            metrics.consumerFailed(reading.topic());
            LOG.atWarn().addKeyValue("topic", reading.topic()).setCause(e).log("engine.consumer.failed");
        }
    }

    private void read(Consumer<byte[], byte[]> consumer) throws InterruptedException {
        commitUnderway = false;
        joined = false;
        consumer.subscribe(List.of(reading.topic()), new Rebalances(consumer));
        while (!takeNoMore.isGiven()) {
            windows.collectDone();
            commitDone(consumer);
            pauseWhatIsFull(consumer);
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(windows.untilNextDue(timing.poll()))) {
                windows.received(inbound(record));
            }
            windows.startDue();
            view = windows.view();
            if (joined) {
                // Before it has joined, a poll that returns proves nothing: the refusal may be on its way.
                failing = false;
                if (System.nanoTime() - joinedAt > Backoff.DEFAULT.longest().toNanos()) {
                    // What breaks at every attempt breaks each consumer soon after it has joined.
                    failures = 0;
                }
            }
            if (windows.isBroken()) {
                leave(consumer, windows.trackers().keySet(), timing.revoke());
                throw new IllegalStateException("a record was left without an end; it must be read again");
            }
        }
        leave(consumer, windows.trackers().keySet(), timing.close());
    }

    private void pauseWhatIsFull(Consumer<?, ?> consumer) {
        var full = new HashSet<TopicPartition>();
        windows.full().forEach(partition -> full.add(topicPartition(partition)));
        Set<TopicPartition> paused = consumer.paused();
        consumer.resume(paused.stream().filter(it -> !full.contains(it)).toList());
        consumer.pause(full.stream().filter(it -> !paused.contains(it)).toList());
    }

    private void commitDone(Consumer<?, ?> consumer) {
        if (commitUnderway || System.nanoTime() - nextCommit < 0) {
            return;
        }
        nextCommit = System.nanoTime() + timing.commit().toNanos();
        Map<TopicPartition, OffsetAndMetadata> done =
                done(consumer, windows.trackers().keySet());
        if (done.isEmpty()) {
            commitFailures = 0;
            return;
        }
        commitUnderway = true;
        consumer.commitAsync(done, (offsets, failure) -> {
            commitUnderway = false;
            if (failure == null) {
                remember(offsets);
                commitFailures = 0;
            } else {
                postponed(failure);
            }
        });
    }

    /** The next turn tries again. */
    private void postponed(Exception failure) {
        int inARow = commitFailures + 1;
        commitFailures = inARow;
        LOG.atLevel(inARow % TOO_MANY_COMMIT_FAILURES == 0 ? Level.WARN : Level.DEBUG)
                .addKeyValue("topic", reading.topic())
                .addKeyValue("failures", inARow)
                .setCause(failure)
                .log("engine.commit.postponed");
    }

    private void leave(Consumer<?, ?> consumer, Collection<Integer> partitions, Duration forRunning)
            throws InterruptedException {
        windows.settle(partitions, forRunning, timing.revoke());
        try {
            Map<TopicPartition, OffsetAndMetadata> done = done(consumer, partitions);
            if (!done.isEmpty()) {
                consumer.commitSync(done, timing.revoke());
            }
        } catch (RuntimeException e) {
            // What was done there comes again, elsewhere.
            LOG.atWarn().addKeyValue("topic", reading.topic()).setCause(e).log("engine.commit.failed");
        }
        windows.forget(partitions);
    }

    private Map<TopicPartition, OffsetAndMetadata> done(Consumer<?, ?> consumer, Collection<Integer> partitions) {
        var done = new HashMap<TopicPartition, OffsetAndMetadata>();
        windows.trackers().forEach((partition, tracker) -> {
            OptionalLong offset =
                    partitions.contains(partition) ? done(consumer, partition, tracker) : OptionalLong.empty();
            if (offset.isPresent() && !Long.valueOf(offset.getAsLong()).equals(committed.get(partition))) {
                done.put(topicPartition(partition), new OffsetAndMetadata(offset.getAsLong()));
            }
        });
        return done;
    }

    private OptionalLong done(Consumer<?, ?> consumer, int partition, OffsetTracker tracker) {
        if (!tracker.isEmpty()) {
            return tracker.committable();
        }
        try {
            // Past the markers and gaps behind the last record; otherwise the lag would never reach zero.
            return OptionalLong.of(consumer.position(topicPartition(partition), Duration.ZERO));
        } catch (TimeoutException e) {
            return tracker.committable();
        }
    }

    private void remember(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) -> committed.put(partition.partition(), offset.offset()));
    }

    private InboundRecord inbound(ConsumerRecord<byte[], byte[]> record) {
        var headers = new ArrayList<MessageHeader>();
        for (Header header : record.headers()) {
            headers.add(new MessageHeader(header.key(), header.value()));
        }
        return reading.record(
                record.partition(),
                record.offset(),
                Instant.ofEpochMilli(record.timestamp()),
                record.key(),
                record.value(),
                headers);
    }

    private TopicPartition topicPartition(int partition) {
        return new TopicPartition(reading.topic(), partition);
    }

    private static List<Integer> numbers(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).toList();
    }

    /** Called by the poll thread, from inside poll and close. */
    private final class Rebalances implements ConsumerRebalanceListener {

        private final Consumer<?, ?> consumer;

        private Rebalances(Consumer<?, ?> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (!joined) {
                joined = true;
                joinedAt = System.nanoTime();
            }
            numbers(partitions).forEach(partition -> {
                committed.remove(partition);
                windows.assigned(partition);
            });
            changed("engine.partitions.assigned", partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            // It may take seconds until they are.
            changed("engine.partitions.leaving", partitions);
            try {
                leave(consumer, numbers(partitions), timing.revoke());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            changed("engine.partitions.revoked", partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            windows.forget(numbers(partitions));
            changed("engine.partitions.lost", partitions);
        }

        private void changed(String event, Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty()) {
                LOG.atInfo()
                        .addKeyValue("topic", reading.topic())
                        .addKeyValue("partitions", numbers(partitions))
                        .log(event);
            }
        }
    }
}
