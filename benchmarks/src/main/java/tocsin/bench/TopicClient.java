package tocsin.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import tocsin.testsupport.KafkaBroker;

/** How many records topics have, and how fast they come. */
final class TopicClient implements AutoCloseable {

    private static final Duration LOOK = Duration.ofMillis(50);

    private final Admin admin;

    TopicClient(KafkaBroker broker) {
        this.admin =
                Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers(), "enable.metrics.push", "false"));
    }

    long records(String topic, int partitions) {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        try {
            return admin.listOffsets(ends).all().get().values().stream()
                    .mapToLong(end -> end.offset())
                    .sum();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker does not say how long " + topic + " is", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * Records a second, from when there are {@code from} of them until there are {@code to} or the time is up.
     *
     * @throws IllegalStateException if nothing comes any more
     */
    double rate(String topic, int partitions, long from, long to, Duration limit) {
        long first = awaitRecords(topic, partitions, from);
        long start = System.nanoTime();
        long last = first;
        while (last < to && System.nanoTime() - start < limit.toNanos()) {
            pause();
            last = records(topic, partitions);
        }
        return (last - first) / ((System.nanoTime() - start) / 1e9);
    }

    /** @return how many there are by then */
    long awaitRecords(String topic, int partitions, long atLeast) {
        long records = records(topic, partitions);
        long movedAt = System.nanoTime();
        while (records < atLeast) {
            pause();
            long now = records(topic, partitions);
            if (now > records) {
                movedAt = System.nanoTime();
            } else if (System.nanoTime() - movedAt > Duration.ofSeconds(90).toNanos()) {
                throw new IllegalStateException(topic + " stopped at " + now + " of " + atLeast + " records");
            }
            records = now;
        }
        return records;
    }

    void delete(String topic) {
        try {
            admin.deleteTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker keeps " + topic, e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", e);
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
