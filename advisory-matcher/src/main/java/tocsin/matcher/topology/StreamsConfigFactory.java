package tocsin.matcher.topology;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.DefaultProductionExceptionHandler;
import org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler;
import tocsin.service.kafka.KafkaClients;

/** The settings of the Streams application. */
public final class StreamsConfigFactory {

    private static final int MIB = 1024 * 1024;

    private StreamsConfigFactory() {}

    public static StreamsConfig of(KafkaClients clients, MatcherConfiguration configuration) {
        Map<String, Object> settings = clients.baseProperties();
        // A cluster's operator may set anything but what makes us lose records: that comes after.
        // An advisory goes through four topics one after the other, and waits so long before each; what comes in masses
        // fills its requests anyway, while those before are under way.
        settings.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 2);
        settings.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        settings.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024);
        settings.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 * MIB);
        settings.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, KafkaClients.SESSION_TIMEOUT_MILLIS);
        // What is fetched of a backlog of downloads lies before the next advisory: little of it means that it need not
        // wait.
        settings.putIfAbsent(
                StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 64 * 1024);
        settings.putIfAbsent(StreamsConfig.POLL_MS_CONFIG, 10);
        // What is answered does not depend on what comes first, so nothing waits for a partition that has nothing yet:
        // Streams would
        // look at all of them before each record.
        settings.putIfAbsent(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);

        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, clients.topic(configuration.applicationId()));
        settings.put(
                StreamsConfig.STATE_DIR_CONFIG,
                configuration.stateDir().toAbsolutePath().toString());
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, configuration.threads());
        settings.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                configuration.commitInterval().toMillis());
        // Exactly-once would wipe the state after an unclean end; our ids are deterministic instead.
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        settings.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksMemoryConfiguration.class);
        settings.put(RocksMemoryConfiguration.MEMORY_BYTES, configuration.rocksdbMemory());
        // Fails the task on an output that cannot be sent: an output that is skipped is an alarm that nobody hears.
        settings.put(StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, DefaultProductionExceptionHandler.class);
        // So does a fault: what one record brings out is quarantined where it is read.
        settings.put(
                StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndFailProcessingExceptionHandler.class);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG), true);
        // "latest" loses what came before the first commit.
        settings.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        // An aborted transaction's records never were.
        settings.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
        return new StreamsConfig(settings);
    }
}
