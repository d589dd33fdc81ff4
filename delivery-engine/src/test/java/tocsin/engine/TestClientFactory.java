package tocsin.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Real clients as a service would make them, but quicker to notice what has changed. */
record TestClientFactory(String bootstrapServers, int maxPollRecords, Optional<String> instance)
        implements KafkaClientFactory {

    /** @see #maxPollRecords Kafka's default */
    private static final int USUAL_POLL = 500;

    TestClientFactory(String bootstrapServers) {
        this(bootstrapServers, USUAL_POLL, Optional.empty());
    }

    TestClientFactory polling(int records) {
        return new TestClientFactory(bootstrapServers, records, instance);
    }

    /** Whose next life takes up the partitions of the last one at once, rather than when that is found missing. */
    TestClientFactory as(String name) {
        return new TestClientFactory(bootstrapServers, maxPollRecords, Optional.of(name));
    }

    @Override
    public Consumer<byte[], byte[]> consumer(String groupId, String clientId) {
        Map<String, Object> settings = common(clientId);
        settings.put("group.id", groupId);
        settings.put("enable.auto.commit", false);
        instance.ifPresent(name -> settings.put("group.instance.id", name));
        settings.put("auto.offset.reset", "earliest");
        settings.put("isolation.level", "read_committed");
        settings.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        settings.put("max.poll.records", maxPollRecords);
        settings.put("session.timeout.ms", 6_000);
        settings.put("heartbeat.interval.ms", 300);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public Producer<byte[], byte[]> producer(String clientId) {
        Map<String, Object> settings = common(clientId);
        settings.put("acks", "all");
        settings.put("max.block.ms", 1_000);
        settings.put("delivery.timeout.ms", 10_000);
        settings.put("request.timeout.ms", 5_000);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    Producer<byte[], byte[]> transactionalProducer(String transactionalId) {
        Map<String, Object> settings = common(transactionalId);
        settings.put("transactional.id", transactionalId);
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Map<String, Object> common(String clientId) {
        var settings = new HashMap<String, Object>();
        settings.put("bootstrap.servers", bootstrapServers);
        settings.put("client.id", clientId);
        settings.put("metadata.max.age.ms", 1_000);
        settings.put("enable.metrics.push", false);
        return settings;
    }
}
