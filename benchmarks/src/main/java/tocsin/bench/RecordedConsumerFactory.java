package tocsin.bench;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tocsin.schemas.Topics;

/** Readers of {@code download.recorded} from its start, for the programs that the matcher is compared with. */
final class RecordedConsumerFactory {

    /** Larger batches make PostgreSQL no faster. */
    private static final int POLLED_TOGETHER = 5_000;

    private RecordedConsumerFactory() {}

    static Consumer<byte[], byte[]> of(String bootstrapServers, String group) {
        Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "group.id",
                        group,
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false,
                        "isolation.level",
                        "read_committed",
                        "max.poll.records",
                        POLLED_TOGETHER,
                        "enable.metrics.push",
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.subscribe(List.of(Topics.DOWNLOAD_RECORDED.name()));
        return consumer;
    }
}
