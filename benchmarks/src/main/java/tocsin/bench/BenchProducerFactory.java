package tocsin.bench;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tocsin.testsupport.KafkaBroker;

/** Producers that fill a topic as fast as they can, and lose nothing. */
final class BenchProducerFactory {

    private BenchProducerFactory() {}

    static Producer<byte[], byte[]> of(KafkaBroker broker) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "acks",
                        "all",
                        "linger.ms",
                        5,
                        "compression.type",
                        "lz4",
                        "batch.size",
                        128 * 1024,
                        "enable.metrics.push",
                        false),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
