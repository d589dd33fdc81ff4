package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tocsin.matcher.MatcherMain;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.ServiceProcess;
import tocsin.testsupport.TokenIssuer;

/** A broker with all that matchers need, each topic with its many partitions, and matchers as processes of their own. */
final class MatcherCluster implements AutoCloseable {

    static final String APPLICATION = "advisory-matcher";

    private static final List<Topic> BEGUN_WITH = List.of(
            Topics.ADVISORY_PUBLISHED,
            Topics.ADVISORY_ACCEPTED,
            Topics.DOWNLOAD_RECORDED,
            Topics.ADVISORY_FANOUT,
            Topics.ADVISORY_SCAN);

    private final KafkaBroker broker = KafkaBroker.start();
    private final TokenIssuer issuer = TokenIssuer.start();
    private final Admin admin;
    private final Producer<byte[], byte[]> producer;
    private final Path directory;
    private final MessageCodec<DownloadRecorded> downloadCodec = MessageCodec.of(DownloadRecorded.class);
    private final MessageCodec<AdvisoryPublished> publishedCodec = MessageCodec.of(AdvisoryPublished.class);
    private final MessageCodec<AdvisoryMatched> matchCodec = MessageCodec.of(AdvisoryMatched.class);

    /** @param directory for state and logs */
    MatcherCluster(Path directory) {
        this.directory = directory;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers(), "enable.metrics.push", "false"));
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers(),
                        "acks",
                        "all",
                        "linger.ms",
                        "0",
                        "enable.metrics.push",
                        "false"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        for (Topic topic : MatcherStreamsRelay.USED) {
            broker.createTopic(topic.name(), topic.devPartitions());
        }
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    /**
     * The service itself, to be killed at will.
     *
     * @param instance its name in the group: under it, it comes back to its partitions at once
     * @param stateDir under the cluster's directory
     */
    ChildProcess.Builder matcher(String instance, String stateDir) {
        return ServiceProcess.of(instance, MatcherMain.class, FreePorts.one(), broker, issuer)
                .output(directory.resolve(instance + ".log"))
                .env("KAFKA_CLIENT_GROUP_INSTANCE_ID", instance)
                .env("TOCSIN_MATCHER_STATE_DIR", directory.resolve(stateDir).toString());
    }

    /** Not yet acknowledged when this returns: {@link #flush}. */
    void download(DownloadRecorded.Builder download) {
        DownloadRecorded recorded = download.build();
        PackageKey packageKey =
                new PackageKey(Ecosystem.ofWireName(recorded.getEcosystem()).orElseThrow(), recorded.getPackageName());
        send(
                Topics.DOWNLOAD_RECORDED,
                RecordKeys.downloadRecorded(Audience.parse(recorded.getAudience()), packageKey),
                downloadCodec.encode(recorded));
    }

    /**
     * Not yet acknowledged when this returns: {@link #flush}.
     *
     * @param key those of one key keep their order
     */
    void publish(String key, AdvisoryPublished advisory) {
        send(Topics.ADVISORY_PUBLISHED, key, publishedCodec.encode(advisory));
    }

    private void send(Topic topic, String key, byte[] value) {
        var _ = producer.send(new ProducerRecord<>(topic.name(), key.getBytes(UTF_8), value));
    }

    void flush() {
        producer.flush();
    }

    List<AdvisoryMatched> matches() {
        return broker.readAll(Topics.ADVISORY_MATCHED.name()).stream()
                .map(record -> matchCodec.decode(record.value()))
                .toList();
    }

    /** How much was quarantined. */
    int quarantined() {
        return broker.readAll(Topics.quarantineOf(APPLICATION).name()).size();
    }

    /** Whether the broker has acknowledged a row whose key tells of the text. */
    boolean hasInChangelog(String store, String text) {
        return broker.readAll(APPLICATION + "-" + store + "-changelog").stream()
                .anyMatch(row -> new String(row.key(), UTF_8).contains(text));
    }

    /**
     * From now on the broker takes no match, and all else. By size, since it takes one copy for enough of a topic that has one, whatever
     * number of replicas is asked for.
     */
    void refuseMatches() {
        limitMatches(OptionalInt.of(1));
    }

    void takeMatches() {
        limitMatches(OptionalInt.empty());
    }

    private void limitMatches(OptionalInt maxBytes) {
        AlterConfigOp change = new AlterConfigOp(
                new ConfigEntry(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxBytes.orElse(0))),
                maxBytes.isPresent() ? AlterConfigOp.OpType.SET : AlterConfigOp.OpType.DELETE);
        answer(admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.TOPIC, Topics.ADVISORY_MATCHED.name()), List.of(change)))
                .all());
    }

    /** How many records the matchers have not committed yet, of any topic that they take turns in reading. */
    long lag() {
        Map<TopicPartition, OffsetAndMetadata> committed = committed();
        // A topic that they have yet to begin with is in none of their offsets, and their own topics are in no list of
        // ours.
        Set<TopicPartition> read = new HashSet<>(committed.keySet());
        BEGUN_WITH.forEach(topic -> read.addAll(partitionsOf(topic)));
        return lag(read, committed);
    }

    /** As {@link #lag()}, of some topics. */
    long lag(Collection<Topic> topics) {
        Set<TopicPartition> partitions = new HashSet<>();
        topics.forEach(topic -> partitions.addAll(partitionsOf(topic)));
        return lag(partitions, committed());
    }

    /** @param committed looked at before: what is committed later is not taken for more than there is */
    private long lag(Set<TopicPartition> partitions, Map<TopicPartition, OffsetAndMetadata> committed) {
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        partitions.forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        return answer(admin.listOffsets(latest).all()).entrySet().stream()
                .mapToLong(end -> {
                    OffsetAndMetadata done = committed.get(end.getKey());
                    return end.getValue().offset() - (done == null ? 0 : done.offset());
                })
                .sum();
    }

    private Map<TopicPartition, OffsetAndMetadata> committed() {
        return answer(admin.listConsumerGroupOffsets(APPLICATION).partitionsToOffsetAndMetadata());
    }

    private static List<TopicPartition> partitionsOf(Topic topic) {
        return IntStream.range(0, topic.devPartitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                .toList();
    }

    private static <T> T answer(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker refused", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the broker", e);
        }
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
        broker.close();
        issuer.close();
    }
}
