package tocsin.sender;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliverySettled;

/** What was said on {@code delivery.settled}; each record is read once, however often tests ask. */
final class SettledTopic {

    private static final MessageCodec<DeliverySettled> SETTLED = MessageCodec.of(DeliverySettled.class);

    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final List<DeliverySettled> read = new ArrayList<>();

    SettledTopic(String bootstrapServers) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "auto.offset.reset", "earliest",
                        "isolation.level", "read_committed",
                        "enable.auto.commit", "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        partitions = consumer.partitionsFor(Topics.DELIVERY_SETTLED.name()).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** All that is there now; what was said of one message in the order in which it was said. */
    synchronized List<DeliverySettled> all() {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        long start = System.nanoTime();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> read.add(SETTLED.decode(record.value())));
            if (System.nanoTime() - start > SenderService.LIMIT.toNanos()) {
                throw new AssertionError("could not read delivery.settled to its end");
            }
        }
        return List.copyOf(read);
    }
}
