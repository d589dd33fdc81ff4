package tocsin.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tocsin.testsupport.KafkaBroker;

/** Reads topics whole, and on as they are written, outside any group. */
final class FollowingConsumer implements AutoCloseable {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Consumer<ConsumerRecord<byte[], byte[]>> each;
    private final Background reading;

    /** @param each what is done with a record, in one thread */
    FollowingConsumer(KafkaBroker broker, List<String> topics, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        this.each = each;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "enable.auto.commit",
                        false,
                        "isolation.level",
                        "read_committed",
                        "max.poll.records",
                        5_000,
                        "enable.metrics.push",
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = topics.stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        this.reading = new Background("follows " + String.join(", ", topics), this::read);
    }

    private void read(BooleanSupplier over) {
        while (!over.getAsBoolean()) {
            consumer.poll(Duration.ofMillis(100)).forEach(each);
        }
        consumer.close();
    }

    @Override
    public void close() {
        reading.close();
    }
}
