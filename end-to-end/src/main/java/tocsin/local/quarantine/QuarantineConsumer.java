package tocsin.local.quarantine;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tocsin.local.running.BrokerAddress;
import tocsin.local.running.Bytes;
import tocsin.local.running.Complaint;
import tocsin.local.running.RecordHeaderValue;
import tocsin.schemas.Topics;

/** Reads quarantines without being a member of any group: reading changes nothing. */
final class QuarantineConsumer implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final BrokerAddress broker;
    private final KafkaConsumer<byte[], byte[]> consumer;

    QuarantineConsumer(BrokerAddress broker) {
        this.broker = broker;
        try {
            Map<String, Object> settings = new HashMap<>(broker.client());
            settings.putAll(Map.of(
                    "bootstrap.servers",
                    broker.bootstrapServers(),
                    "client.id",
                    "tocsin-quarantine",
                    "enable.auto.commit",
                    false,
                    "auto.offset.reset",
                    "earliest",
                    "isolation.level",
                    "read_committed",
                    "allow.auto.create.topics",
                    false,
                    "default.api.timeout.ms",
                    (int) LIMIT.toMillis(),
                    "enable.metrics.push",
                    false));
            this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }

    /** Calls back for each record that lies there now, marks included. */
    void readAll(String service, Consumer<QuarantineRecord> each) {
        try {
            List<TopicPartition> partitions = partitionsOf(service);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long start = System.nanoTime();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                var records = consumer.poll(Duration.ofMillis(200));
                records.forEach(record -> each.accept(read(record)));
                if (!records.isEmpty()) {
                    start = System.nanoTime();
                } else if (System.nanoTime() - start > LIMIT.toNanos()) {
                    throw new Complaint("the broker at " + broker.bootstrapServers() + " stopped answering");
                }
            }
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }

    /** @return empty if there is no such record, or no longer */
    Optional<QuarantineRecord> readOne(String service, RecordPosition position) {
        try {
            Optional<TopicPartition> partition = partitionsOf(service).stream()
                    .filter(each -> each.partition() == position.partition())
                    .findFirst();
            if (partition.isEmpty()) {
                return Optional.empty();
            }
            TopicPartition only = partition.get();
            long end = consumer.endOffsets(List.of(only)).getOrDefault(only, 0L);
            consumer.assign(List.of(only));
            consumer.seek(only, position.offset());
            long start = System.nanoTime();
            while (position.offset() < end && System.nanoTime() - start < LIMIT.toNanos()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    // A reader that asks for an offset that is gone is given the next one that is there.
                    return record.offset() == position.offset() ? Optional.of(read(record)) : Optional.empty();
                }
            }
            return Optional.empty();
        } catch (KafkaException e) {
            throw unreachable(e);
        }
    }

    private List<TopicPartition> partitionsOf(String service) {
        String topic = broker.nameOf(Topics.quarantineOf(service));
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        if (partitions.isEmpty()) {
            throw new Complaint("there is no topic " + topic + " at " + broker.bootstrapServers());
        }
        return partitions;
    }

    private static QuarantineRecord read(ConsumerRecord<byte[], byte[]> record) {
        return new QuarantineRecord(
                new RecordPosition(record.partition(), record.offset()),
                Bytes.ofNullable(record.key()),
                Bytes.ofNullable(record.value()),
                StreamSupport.stream(record.headers().spliterator(), false)
                        .map(header -> new RecordHeaderValue(header.key(), Bytes.ofNullable(header.value())))
                        .toList());
    }

    private Complaint unreachable(KafkaException cause) {
        return new Complaint(
                "cannot read from the broker at " + broker.bootstrapServers() + ": " + cause.getMessage(), cause);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
