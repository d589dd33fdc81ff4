package tocsin.service.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micronaut.context.annotation.Bean;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Makes Kafka clients that lose nothing by default. Whoever asks for a producer or consumer closes it; producers still open when this is closed
 * are closed with it. Safe for use by many threads.
 */
@Singleton
@Bean(preDestroy = "close")
public final class KafkaClients implements AutoCloseable {

    /**
     * How long the partitions of a group's member wait for another one when it dies, or goes without a word because the broker went at the same moment, unless
     * {@code kafka.client.session.timeout.ms} says otherwise. Kafka's own 45 s would keep an alarm silent for as long.
     */
    public static final int SESSION_TIMEOUT_MILLIS = 10_000;

    private static final Duration PRODUCER_CLOSE = Duration.ofSeconds(10);

    private final KafkaConfig config;
    private final MeterRegistry registry;
    private final Optional<Clock> clock;
    private final Set<Producer<byte[], byte[]>> producers = ConcurrentHashMap.newKeySet();
    private final ReentrantLock adminLock = new ReentrantLock();
    private @Nullable Admin admin;

    /**
     * @param registry where every client made here shows its metrics
     * @param clock by which the age of records is told
     */
    @Inject
    public KafkaClients(KafkaConfig config, MeterRegistry registry, Clock clock) {
        this(config, registry, Optional.of(clock));
    }

    private KafkaClients(KafkaConfig config, MeterRegistry registry, Optional<Clock> clock) {
        this.config = config;
        this.registry = registry;
        this.clock = clock;
    }

    /** For tools and tests: nobody sees the metrics. */
    public static KafkaClients of(KafkaConfig config) {
        return new KafkaClients(config, new SimpleMeterRegistry(), Optional.empty());
    }

    /** Tells for each topic of the batch how long ago its eldest record was written: that is who waited longest. */
    void handled(String groupId, List<ConsumerRecord<byte[], byte[]>> batch) {
        clock.map(Clock::millis).ifPresent(now -> {
            Map<String, Long> eldest = new HashMap<>();
            batch.forEach(record -> eldest.merge(record.topic(), record.timestamp(), Math::min));
            eldest.forEach((topic, written) -> Timer.builder("tocsin.handled.age")
                    .description(
                            "how long ago the eldest record of a batch was written when the batch was done, by the broker's clock and this machine's")
                    .tag("group", groupId)
                    .tag("topic", unprefixed(topic))
                    .publishPercentiles(0.5, 0.99)
                    .register(registry)
                    .record(Math.max(0, now - written), TimeUnit.MILLISECONDS));
        });
    }

    /** Acknowledged by all in-sync replicas, idempotent, in order per partition. A send fails after 120 s, and blocks at most 15 s. */
    public Producer<byte[], byte[]> producer(String clientId) {
        return producer(clientId, Map.of());
    }

    /** @param overrides Kafka's producer settings; they may change waits and sizes, not acks, idempotence and partitioning */
    public Producer<byte[], byte[]> producer(String clientId, Map<String, Object> overrides) {
        Map<String, Object> settings = baseProperties();
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 120_000);
        // send() waits this long for metadata of a broker that is away: long enough for a restart, short enough for a
        // clean shutdown.
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 15_000);
        settings.putAll(config.client());
        settings.putAll(overrides);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        keepKeysTogether(settings);
        return new OwnedProducer(settings);
    }

    /** A key's records are in order because they are in one partition, found as every other producer finds it. */
    private static void keepKeysTogether(Map<String, Object> settings) {
        settings.remove(ProducerConfig.PARTITIONER_CLASS_CONFIG);
        settings.remove(ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG);
    }

    /** Known here until it is closed, by whomever. */
    private final class OwnedProducer extends KafkaProducer<byte[], byte[]> {
        OwnedProducer(Map<String, Object> settings) {
            super(settings, new ByteArraySerializer(), new ByteArraySerializer());
            producers.add(this);
        }

        @Override
        public void close(Duration limit) {
            try {
                super.close(limit);
            } finally {
                producers.remove(this);
            }
        }
    }

    /**
     * A member of a consumer group that starts at the earliest record, commits only when told, and leaves the group when it is closed: whoever
     * else is in it has its partitions at once. One that is killed and comes back under its {@code group.instance.id} has them itself.
     *
     * @param groupId without prefix
     * @param overrides Kafka's consumer settings; they may not bring back automatic commits, another start or aborted records
     */
    public Consumer<byte[], byte[]> consumer(String groupId, String clientId, Map<String, Object> overrides) {
        Map<String, Object> settings = consumerProperties(clientId, overrides);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, config.topicPrefix() + groupId);
        return new MemberConsumer(settings);
    }

    /**
     * One of several members of a group in this process. A configured {@code group.instance.id} is the first one's: two with the same would fence
     * each other for ever.
     *
     * @param groupId without prefix; the first member's client id as well
     * @param number from 1
     */
    Consumer<byte[], byte[]> member(String groupId, int number, Map<String, Object> overrides) {
        Map<String, Object> settings = new HashMap<>(overrides);
        Object instance = config.client().get(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        if (instance != null) {
            settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, memberName(instance.toString(), number));
        }
        return consumer(groupId, memberName(groupId, number), settings);
    }

    /** The first goes by the name itself, as one that is alone does. */
    static String memberName(String name, int number) {
        return number == 1 ? name : name + "-" + number;
    }

    /** A consumer outside any group, which assigns itself what it reads. */
    public Consumer<byte[], byte[]> consumer(String clientId, Map<String, Object> overrides) {
        Map<String, Object> settings = consumerProperties(clientId, overrides);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Map<String, Object> consumerProperties(String clientId, Map<String, Object> overrides) {
        Map<String, Object> settings = baseProperties();
        // The new protocol's client still spins on heartbeats in 4.3.1 (KAFKA-20253).
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        settings.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MILLIS);
        settings.putAll(config.client());
        settings.putAll(overrides);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
        // An aborted transaction's records never were.
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // "latest" loses what came before the first commit, and again when partitions are added (KAFKA-20539).
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return settings;
    }

    /** Shared by all: not to be closed by the caller. */
    public Admin admin() {
        adminLock.lock();
        try {
            if (admin == null) {
                Map<String, Object> settings = baseProperties();
                settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "admin");
                settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 15_000);
                settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
                admin = Admin.create(settings);
            }
            return admin;
        } finally {
            adminLock.unlock();
        }
    }

    /**
     * Asks the brokers whether records can be sent to a topic, before somebody relies on it.
     *
     * @param topic without prefix
     * @return why not, for people: it is not there, may not be written, or no broker answers
     */
    public Optional<String> whyNotWritable(String topic) throws InterruptedException {
        String name = topic(topic);
        DescribeTopicsOptions withRights = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        try {
            Map<String, TopicDescription> described = admin().describeTopics(List.of(name), withRights)
                    .allTopicNames()
                    .get();
            Set<AclOperation> allowed =
                    Objects.requireNonNull(described.get(name)).authorizedOperations();
            // Null: the cluster does not say, as one that guards nothing.
            return allowed == null || allowed.contains(AclOperation.WRITE)
                    ? Optional.empty()
                    : Optional.of("it may not be written");
        } catch (ExecutionException e) {
            return Optional.of(Objects.requireNonNull(e.getCause()).getClass().getSimpleName());
        }
    }

    /** The name that the cluster knows, with the prefix. */
    public String topic(String name) {
        return config.topicPrefix() + name;
    }

    /** The reverse of {@link #topic}; a name without the prefix stays as it is. */
    public String unprefixed(String topic) {
        return topic.startsWith(config.topicPrefix())
                ? topic.substring(config.topicPrefix().length())
                : topic;
    }

    /** What every client needs, also those that somebody else makes, such as Kafka Streams. May hold secrets. A new map each time. */
    public Map<String, Object> baseProperties() {
        Map<String, Object> settings = new HashMap<>();
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        settings.put(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG, 1_000);
        // Nobody outside is told how this process does (KIP-714 pushes to the brokers by default).
        settings.put(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
        settings.put(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, KafkaMetricsPublisher.class.getName());
        settings.put(KafkaMetricsPublisher.REGISTRY, registry);
        settings.putAll(config.client());
        keepKeysTogether(settings);
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        return settings;
    }

    @Override
    public void close() {
        producers.forEach(producer -> producer.close(PRODUCER_CLOSE));
        producers.clear();
        adminLock.lock();
        try {
            if (admin != null) {
                admin.close(Duration.ofSeconds(5));
                admin = null;
            }
        } finally {
            adminLock.unlock();
        }
    }
}
