package tocsin.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import tocsin.engine.RetryLadder.Tier;
import tocsin.testsupport.KafkaBroker;

/** A source topic with its ladder and dead topic on a real broker, and the engines that read them. */
final class EngineFixture implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final class Shared {
        private static final KafkaBroker BROKER = KafkaBroker.start();
    }

    private final KafkaBroker broker;
    private final TestClientFactory clients;
    private final EngineConfig config;
    private final Producer<byte[], byte[]> producer;
    private final Admin admin;
    private final List<DeliveryEngine> engines = new ArrayList<>();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private EngineFixture(KafkaBroker broker, EngineConfig config) {
        this.broker = broker;
        this.config = config;
        this.clients = new TestClientFactory(broker.bootstrapServers());
        this.producer = clients.producer("test");
        this.admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers(), "enable.metrics.push", false));
    }

    /** Topics of its own on a broker that all test classes share. */
    static EngineFixture with(int partitions, Duration... delays) {
        return on(Shared.BROKER, partitions, delays);
    }

    static EngineFixture on(KafkaBroker broker, int partitions, Duration... delays) {
        EngineFixture fixture = withoutTopics(broker, delays);
        fixture.topics().forEach(topic -> broker.createTopic(topic, partitions));
        broker.createTopic(fixture.config.deadTopic(), partitions);
        return fixture;
    }

    static EngineFixture withoutTopics(Duration... delays) {
        return withoutTopics(Shared.BROKER, delays);
    }

    private static EngineFixture withoutTopics(KafkaBroker broker, Duration... delays) {
        return new EngineFixture(broker, config("t" + UUID.randomUUID(), delays));
    }

    static EngineConfig config(String name, Duration... delays) {
        var tiers = IntStream.range(0, delays.length)
                .mapToObj(n -> new Tier(name + ".retry." + (n + 1), delays[n]))
                .toList();
        return new EngineConfig(name, name + ".source", new RetryLadder(tiers), name + ".dead");
    }

    EngineConfig config() {
        return config;
    }

    KafkaBroker broker() {
        return broker;
    }

    TestClientFactory clients() {
        return clients;
    }

    DeliveryEngine start(DeliveryHandler handler) {
        return start(config, handler);
    }

    DeliveryEngine start(EngineConfig changed, DeliveryHandler handler) {
        return start(changed, handler, clients);
    }

    DeliveryEngine start(EngineConfig changed, DeliveryHandler handler, KafkaClientFactory factory) {
        var engine = new DeliveryEngine(changed, handler, factory, Clock.systemUTC(), registry);
        engines.add(engine);
        engine.start();
        return engine;
    }

    /** Not yet acknowledged when it returns: {@link #flush}. */
    void send(String key, String body, Header... headers) {
        send(new ProducerRecord<>(
                config.sourceTopic(), null, key.getBytes(UTF_8), body.getBytes(UTF_8), List.of(headers)));
    }

    void send(ProducerRecord<byte[], byte[]> record) {
        var _ = producer.send(record);
    }

    void flush() {
        producer.flush();
    }

    List<ConsumerRecord<byte[], byte[]>> dead() {
        return broker.readAll(config.deadTopic());
    }

    List<ConsumerRecord<byte[], byte[]>> tier(int number) {
        return broker.readAll(config.ladder().tiers().get(number - 1).topic());
    }

    /** Of the source's partition 0; -1 if nothing is committed. */
    long committed() {
        OffsetAndMetadata offset = committed(config.groupId()).get(new TopicPartition(config.sourceTopic(), 0));
        return offset == null ? -1 : offset.offset();
    }

    /** Source and tiers: everything read, done and committed, up to the very end of each partition. */
    void awaitAllCommitted() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            for (String topic : topics()) {
                assertEquals(ends(topic), offsets(committed(groupOf(topic))), topic);
            }
        });
    }

    /** Of source and tiers. */
    Map<TopicPartition, Long> allCommitted() {
        var all = new HashMap<TopicPartition, Long>();
        topics().forEach(topic -> all.putAll(offsets(committed(groupOf(topic)))));
        return all;
    }

    private String groupOf(String topic) {
        return topic.equals(config.sourceTopic()) ? config.groupId() : config.groupId() + "." + topic;
    }

    private List<String> topics() {
        return Stream.concat(
                        Stream.of(config.sourceTopic()),
                        config.ladder().tiers().stream().map(Tier::topic))
                .toList();
    }

    private Map<TopicPartition, Long> ends(String topic) throws InterruptedException, ExecutionException {
        var latest = new HashMap<TopicPartition, OffsetSpec>();
        admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                .flatMap(it -> it.partitions().stream())
                .forEach(it -> latest.put(new TopicPartition(topic, it.partition()), OffsetSpec.latest()));
        var ends = new HashMap<TopicPartition, Long>();
        admin.listOffsets(latest).all().get().forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(String group) {
        try {
            return admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetAndMetadata> committed) {
        var offsets = new HashMap<TopicPartition, Long>();
        committed.forEach((partition, offset) -> offsets.put(partition, offset.offset()));
        return offsets;
    }

    @Override
    public void close() {
        engines.forEach(DeliveryEngine::close);
        producer.close(Duration.ZERO);
        admin.close(Duration.ZERO);
    }
}
