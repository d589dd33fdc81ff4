package tocsin.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The limit: reads a topic and writes what it read, unchanged and with the tracker's settings for its clients, over and over until it is stopped.
 * Waits for no acknowledgement and commits nothing, so no service that loses nothing can be as fast.
 */
final class CopyMain {

    /** As the tracker's {@code RecordingFactory} has them: with smaller ones the limit would be none. */
    private static final int POLLED_TOGETHER = 16_000;

    private static final int SENT_TOGETHER = 256 * 1024;
    private static final int LINGER_MS = 20;

    private CopyMain() {}

    /** @param arguments bootstrap servers, the topic to read, the topic to write */
    public static void main(String... arguments) {
        Map<String, Object> consumerSettings = Map.of(
                "bootstrap.servers",
                arguments[0],
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false,
                "isolation.level",
                "read_committed",
                "max.poll.records",
                POLLED_TOGETHER,
                "enable.metrics.push",
                false);
        Map<String, Object> producerSettings = Map.of(
                "bootstrap.servers",
                arguments[0],
                "acks",
                "all",
                "linger.ms",
                LINGER_MS,
                "batch.size",
                SENT_TOGETHER,
                "compression.type",
                "lz4",
                "enable.metrics.push",
                false);
        try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        consumerSettings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                Producer<byte[], byte[]> producer =
                        new KafkaProducer<>(producerSettings, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(arguments[1]).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!Thread.currentThread().isInterrupted()) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
                if (records.isEmpty()) {
                    consumer.seekToBeginning(partitions);
                }
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    var _ = producer.send(new ProducerRecord<>(arguments[2], record.key(), record.value()));
                }
            }
        }
    }
}
