package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import tocsin.matcher.StateDirectory;
import tocsin.matcher.feed.AdvisoryReport;
import tocsin.matcher.match.Matching;
import tocsin.matcher.topology.Samples.Osv;
import tocsin.schemas.Audience;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.KafkaConfig;
import tocsin.testsupport.MovableClock;

/** The topology with one partition of each topic and nothing between: what goes in comes out before the call returns. */
final class MatchPipe implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-04-17T12:00:00Z");

    final MovableClock clock = MovableClock.at(NOW);
    final MeterRegistry registry = new SimpleMeterRegistry();

    private final MessageCodec<AdvisoryPublished> publishedCodec = MessageCodec.of(AdvisoryPublished.class);
    private final MessageCodec<DownloadRecorded> downloadCodec = MessageCodec.of(DownloadRecorded.class);
    private final MessageCodec<AdvisoryMatched> matchCodec = MessageCodec.of(AdvisoryMatched.class);
    private final MessageCodec<AdvisoryAccepted> acceptedCodec = MessageCodec.of(AdvisoryAccepted.class);
    private final Path stateDir;
    private final TopologyTestDriver driver;
    private final Map<String, TestOutputTopic<byte[], byte[]>> outputs = new HashMap<>();
    private final String description;

    /** One slice is enough for any scan. */
    MatchPipe() {
        this(0);
    }

    /** @param nanosPerLook how far the scan's watch moves each time it is looked at; a slice has 10 ms */
    MatchPipe(long nanosPerLook) {
        this(nanosPerLook, 0);
    }

    /** @param holdFrom audiences; 0: nothing is held */
    MatchPipe(long nanosPerLook, int holdFrom) {
        this(nanosPerLook, holdFrom, new Matching(Duration.ofDays(7)), Duration.ZERO);
    }

    /** @param retention of downloads; 0: for good */
    MatchPipe(long nanosPerLook, int holdFrom, Matching matching, Duration retention) {
        this(nanosPerLook, holdFrom, matching, retention, AcceptedAdvisories.NONE);
    }

    /** One that lost its state. */
    static MatchPipe after(List<AdvisoryAccepted> acceptedBefore) {
        return new MatchPipe(
                0, 0, new Matching(Duration.ofDays(7)), Duration.ZERO, (_, each) -> acceptedBefore.forEach(each));
    }

    private MatchPipe(
            long nanosPerLook, int holdFrom, Matching matching, Duration retention, AcceptedAdvisories acceptedBefore) {
        try {
            stateDir = StateDirectory.create();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        AtomicLong watch = new AtomicLong();
        MatchSettings settings = new MatchSettings(
                UnaryOperator.identity(),
                matching,
                Duration.ofMillis(10),
                () -> watch.addAndGet(nanosPerLook),
                clock,
                registry,
                holdFrom,
                retention,
                acceptedBefore);
        StreamsConfig config = StreamsConfigFactory.of(
                KafkaClients.of(KafkaConfig.plain("127.0.0.1:1")),
                new MatcherConfiguration(
                        stateDir,
                        "advisory-matcher",
                        1,
                        Duration.ofSeconds(1),
                        Duration.ofDays(7),
                        Duration.ofMillis(10),
                        64L * 1024 * 1024,
                        10,
                        Duration.ofSeconds(10)));
        Properties properties = new Properties();
        config.originals().forEach(properties::put);
        Topology topology = new MatchTopology(settings).build(config);
        description = topology.describe().toString();
        driver = new TopologyTestDriver(topology, properties, NOW);
    }

    void publish(Osv osv) {
        publish(Samples.published(osv));
    }

    void publish(AdvisoryPublished advisory) {
        sendBytes(Topics.ADVISORY_PUBLISHED, null, publishedCodec.encode(advisory));
    }

    void download(DownloadRecorded.Builder download) {
        download(download, new RecordHeaders());
    }

    void download(DownloadRecorded.Builder download, Headers headers) {
        DownloadRecorded recorded = download.build();
        PackageKey packageKey =
                new PackageKey(Ecosystem.ofWireName(recorded.getEcosystem()).orElseThrow(), recorded.getPackageName());
        String key = RecordKeys.downloadRecorded(Audience.parse(recorded.getAudience()), packageKey);
        send(Topics.DOWNLOAD_RECORDED, key.getBytes(UTF_8), downloadCodec.encode(recorded), headers);
    }

    void erase(PrivacyErasure erasure) {
        sendBytes(
                Topics.PRIVACY_ERASURE,
                RecordKeys.privacyErasure(ErasureSubject.of(erasure)).getBytes(UTF_8),
                MessageCodec.of(PrivacyErasure.class).encode(erasure));
    }

    /** All keys and values of a store, as readable as they are. */
    List<String> rows(String store) {
        KeyValueStore<Bytes, byte[]> rows = driver.getKeyValueStore(store);
        List<String> texts = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> all = rows.all()) {
            all.forEachRemaining(
                    row -> texts.add(new String(row.key.get(), ISO_8859_1) + " " + new String(row.value, ISO_8859_1)));
        }
        return texts;
    }

    /** What whoever may see all is told of an advisory, where it lies in one partition. */
    Optional<AdvisoryReport> report(String advisoryId) {
        return report(advisoryId, 1, _ -> true);
    }

    Optional<AdvisoryReport> report(String advisoryId, int partitions, Predicate<String> feeds) {
        KeyValueStore<Bytes, byte[]> rows = driver.getKeyValueStore(MatchTopology.STATUS);
        return new AdvisoryStatusRepository(() -> Optional.of(rows), () -> partitions).find(advisoryId, feeds);
    }

    /** Of all stores together. */
    long openIterators() {
        return driver.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("num-open-iterators"))
                .mapToLong(metric -> ((Number) metric.getValue().metricValue()).longValue())
                .sum();
    }

    /** What is done now and then. */
    void passTime(Duration time) {
        // One second after the other: what was missed is not made up for.
        for (long second = 0; second < time.toSeconds(); second++) {
            driver.advanceWallClockTime(Duration.ofSeconds(1));
        }
    }

    /** What was written to a store's changelog since the last call. */
    List<TestRecord<byte[], byte[]>> changes(String store) {
        return records("advisory-matcher-" + store + "-changelog");
    }

    void sendBytes(Topic topic, byte @Nullable [] key, byte @Nullable [] value) {
        send(topic, key, value, new RecordHeaders());
    }

    void send(Topic topic, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        TestInputTopic<byte[], byte[]> input =
                driver.createInputTopic(topic.name(), new ByteArraySerializer(), new ByteArraySerializer());
        input.pipeInput(new TestRecord<>(key, value, headers, clock.instant()));
    }

    /** Since the last call. */
    List<AdvisoryMatched> matches() {
        return records(Topics.ADVISORY_MATCHED).stream()
                .map(record -> matchCodec.decode(record.value()))
                .toList();
    }

    /** Since the last call. */
    List<AdvisoryAccepted> accepted() {
        return records(Topics.ADVISORY_ACCEPTED).stream()
                .map(record -> acceptedCodec.decode(record.value()))
                .toList();
    }

    List<TestRecord<byte[], byte[]>> quarantined() {
        return records(Topics.quarantineOf("advisory-matcher"));
    }

    /** Since the last call. */
    List<TestRecord<byte[], byte[]>> records(Topic topic) {
        return records(topic.name());
    }

    private List<TestRecord<byte[], byte[]>> records(String topic) {
        TestOutputTopic<byte[], byte[]> output = outputs.computeIfAbsent(
                topic,
                name -> driver.createOutputTopic(name, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
        return output.readRecordsToList();
    }

    /** A store of the one task, or of all. */
    KeyValueStore<Bytes, byte[]> store(String name) {
        return driver.getKeyValueStore(name);
    }

    String describe() {
        return description;
    }

    @Override
    public void close() {
        driver.close();
        try (var files = Files.walk(stateDir)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
