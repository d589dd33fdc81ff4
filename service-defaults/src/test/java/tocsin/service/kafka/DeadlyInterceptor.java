package tocsin.service.kafka;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import tocsin.testsupport.KafkaBroker;

/** Ends every thread that reads a record. Kafka makes it, hence public. */
public final class DeadlyInterceptor implements ConsumerInterceptor<byte[], byte[]> {

    static KafkaClients clients(KafkaBroker broker) {
        return KafkaClients.of(new KafkaConfig(
                broker.bootstrapServers(), "", Map.of("interceptor.classes", DeadlyInterceptor.class.getName())));
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        throw new AssertionError("deadly, as a test wants it");
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
}
