package tocsin.testsupport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** What tests ask of a broker in passing. Admin and producer are made at first use and outlive a restart of the broker. */
final class BrokerClient implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Map<String, Object> settings;
    private @Nullable Admin admin;
    private @Nullable Producer<byte[], byte[]> producer;

    /** @param access Kafka's settings for clients of a broker that asks who they are; else none */
    BrokerClient(String bootstrapServers, Map<String, String> access) {
        Map<String, Object> all = new HashMap<>(access);
        all.put("bootstrap.servers", bootstrapServers);
        all.put("enable.metrics.push", "false");
        this.settings = Map.copyOf(all);
    }

    private Map<String, Object> with(Map<String, Object> more) {
        Map<String, Object> all = new HashMap<>(settings);
        all.putAll(more);
        return all;
    }

    void createTopic(String name, int partitions, Map<String, String> configs) {
        NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.of((short) 1)).configs(configs);
        try {
            answer(admin().createTopics(List.of(topic)).all());
        } catch (TopicExistsException _) {
            return;
        }
        // The controller knows the topic before the broker does.
        Await.until(
                () -> writablePartitions(name),
                writable -> writable == partitions,
                LIMIT,
                writable -> name + " has " + writable + " of " + partitions + " partitions with a leader");
    }

    private long writablePartitions(String topic) {
        try {
            return answer(admin().describeTopics(List.of(topic)).allTopicNames()).values().stream()
                    .flatMap(description -> description.partitions().stream())
                    .filter(partition -> partition.leader() != null)
                    .count();
        } catch (UnknownTopicOrPartitionException _) {
            return 0;
        }
    }

    void send(String topic, byte[] key, byte[] value) {
        answer(producer().send(new ProducerRecord<>(topic, key, value)));
    }

    List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                with(Map.of(
                        "auto.offset.reset", "earliest",
                        "isolation.level", "read_committed",
                        // A fetch beyond the end is under way when the last record comes, and closing waits for its
                        // answer: half a second, by Kafka's default.
                        "fetch.max.wait.ms", "10",
                        "enable.auto.commit", "false")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic, LIMIT).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, LIMIT);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long start = System.nanoTime();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey(), LIMIT) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                if (System.nanoTime() - start > LIMIT.toNanos()) {
                    throw new AssertionError("could not read " + topic + " to its end within " + LIMIT);
                }
            }
        }
        records.sort(Comparator.<ConsumerRecord<byte[], byte[]>>comparingInt(ConsumerRecord::partition)
                .thenComparingLong(ConsumerRecord::offset));
        return List.copyOf(records);
    }

    private synchronized Admin admin() {
        if (admin == null) {
            admin = Admin.create(settings);
        }
        return admin;
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (producer == null) {
            producer = new KafkaProducer<>(
                    with(Map.of("acks", "all", "linger.ms", "0")),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
        }
        return producer;
    }

    private static <T> T answer(Future<T> future) {
        try {
            return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof KafkaException cause) {
                throw cause;
            }
            throw new IllegalStateException("the broker refused", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the broker did not answer within " + LIMIT, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the broker", e);
        }
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
