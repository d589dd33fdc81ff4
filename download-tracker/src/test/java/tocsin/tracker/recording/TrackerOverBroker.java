package tocsin.tracker.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.service.kafka.BatchLoop;
import tocsin.service.kafka.BatchLoopSettings;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.KafkaConfig;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.TableFreshness;
import tocsin.service.kafka.TopicTable;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.MovableClock;
import tocsin.tracker.Samples;
import tocsin.tracker.SharedBroker;
import tocsin.tracker.artifact.DownloadRule;
import tocsin.tracker.artifact.PublicRegistry;
import tocsin.tracker.artifact.SourceRules;
import tocsin.tracker.identity.Attribution;
import tocsin.tracker.identity.TokenRegistration;
import tocsin.tracker.identity.TokenRegistrations;
import tocsin.tracker.intake.ObservationReader;
import tocsin.tracker.intake.WriterSchemas;

/** What records downloads and what lets them wait, over a real broker with topics of their own, and what a test asks of them. */
final class TrackerOverBroker {

    static final Duration LIMIT = Duration.ofSeconds(60);
    static final Duration WAIT = Duration.ofMinutes(15);

    private static final MessageCodec<DownloadRecorded> RECORDED = MessageCodec.of(DownloadRecorded.class);

    private final KafkaBroker broker = SharedBroker.BROKER;
    private final WriterSchemas schemas;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final String prefix = UUID.randomUUID() + ".";
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final KafkaClients clients;
    private final AtomicInteger held = new AtomicInteger();
    private final Map<String, CountDownLatch> stalls = new ConcurrentHashMap<>();

    /** Only ends of waits are measured by it: the broker has its own. */
    final MovableClock clock = MovableClock.at(Instant.EPOCH);

    /** By which is told how old a table is. */
    final AtomicLong nanoTime = new AtomicLong();

    TrackerOverBroker(WriterSchemas schemas) {
        this.schemas = schemas;
        this.clients = closing(KafkaClients.of(new KafkaConfig(broker.bootstrapServers(), prefix, Map.of())));
        for (Topic topic : List.of(
                Topics.DOWNLOAD_OBSERVED,
                Topics.DOWNLOAD_WAITING,
                Topics.DOWNLOAD_RECORDED,
                Topics.TOKEN_REGISTERED,
                Topics.quarantineOf("download-tracker"))) {
            broker.createTopic(prefix + topic.name(), 1, topic.config());
        }
    }

    /** One instance of it. */
    record Instance(TopicTable<TokenRegistration> tokens, BatchLoop loop, WaitingRelay waiting)
            implements AutoCloseable {
        @Override
        public void close() {
            waiting.close();
            loop.close();
            tokens.close();
        }
    }

    /** @param maxRecords that wait in memory */
    Instance start(int maxRecords) throws InterruptedException {
        Quarantine quarantine = closing(new Quarantine(clients, "download-tracker", clock, registry));
        TopicTable<TokenRegistration> tokens = TopicTable.keepingNothingRefused(
                clients,
                Topics.TOKEN_REGISTERED.name(),
                new TokenRegistrations()::read,
                quarantine,
                (tokenId, registration) -> waitIn(tokenId));
        RecordHandler handler = new RecordHandler(new DownloadRecorder(
                new ObservationReader(schemas),
                new DownloadRule(SourceRules.NONE),
                new Attribution(token -> tokens.find(token.tokenId())),
                new PublicRegistry(List.of())));
        RecordingMetrics metrics = new RecordingMetrics(registry);
        BatchLoop loop = new BatchLoop(
                clients,
                BatchLoopSettings.of("download-tracker", Topics.DOWNLOAD_OBSERVED.name()),
                new DownloadObservedHandler(
                        handler,
                        tokens,
                        new OutcomePublisher(clients.producer("recorded"), clients, quarantine),
                        metrics,
                        new TableFreshness(tokens, nanoTime::get)));
        WaitingRelay waiting = new WaitingRelay(
                clients,
                new WaitingRelay.Parts(
                        handler,
                        new OutcomePublisher(clients.producer("waited"), clients, quarantine),
                        tokens,
                        new TableFreshness(tokens, nanoTime::get),
                        schemas,
                        metrics,
                        new WaitingConfiguration(WAIT, maxRecords, 33_554_432),
                        clock,
                        topic(Topics.DOWNLOAD_OBSERVED),
                        topic(Topics.DOWNLOAD_WAITING),
                        held));
        tokens.start();
        loop.start();
        waiting.start();
        tokens.awaitLoaded(LIMIT);
        return closing(new Instance(tokens, loop, waiting));
    }

    /** The tables of tokens read up to the registration of this one, and nothing behind it until they are let go. */
    CountDownLatch stallAt(String tokenId) {
        return stalls.computeIfAbsent(tokenId, _ -> new CountDownLatch(1));
    }

    private void waitIn(String tokenId) {
        CountDownLatch stall = stalls.get(tokenId);
        if (stall != null) {
            try {
                stall.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    KafkaClients clients() {
        return clients;
    }

    void send(DownloadObserved.Builder observed) {
        send(Samples.encoded(observed));
    }

    void send(byte[] observed) {
        broker.send(topic(Topics.DOWNLOAD_OBSERVED), new byte[] {1}, observed);
    }

    void register(String tokenId) {
        register(Samples.registered(tokenId));
    }

    void register(TokenRegistered.Builder registered) {
        broker.send(
                topic(Topics.TOKEN_REGISTERED), registered.getTokenId().getBytes(UTF_8), Samples.encoded(registered));
    }

    int held() {
        return held.get();
    }

    void awaitHeld(int count) {
        await().atMost(LIMIT).until(() -> held.get() == count);
    }

    void awaitHeldAtLeast(int count) {
        await().atMost(LIMIT).until(() -> held.get() >= count);
    }

    /** Until the time of the first that was parked is up. */
    void passWait() {
        long parkedAt =
                broker.readAll(topic(Topics.DOWNLOAD_WAITING)).getFirst().timestamp();
        clock.set(Instant.ofEpochMilli(parkedAt).plus(WAIT));
    }

    List<DownloadRecorded> awaitRecorded(int count) {
        return broker.awaitRecords(topic(Topics.DOWNLOAD_RECORDED), count, LIMIT).stream()
                .map(record -> RECORDED.decode(record.value()))
                .toList();
    }

    List<DownloadRecorded> recorded() {
        return broker.readAll(topic(Topics.DOWNLOAD_RECORDED)).stream()
                .map(record -> RECORDED.decode(record.value()))
                .toList();
    }

    Set<String> recordedIds() {
        return recorded().stream().map(DownloadRecorded::getEventId).collect(Collectors.toSet());
    }

    List<ConsumerRecord<byte[], byte[]>> observed() {
        return broker.readAll(topic(Topics.DOWNLOAD_OBSERVED));
    }

    List<ConsumerRecord<byte[], byte[]>> quarantined() {
        return broker.readAll(quarantineTopic());
    }

    ConsumerRecord<byte[], byte[]> awaitQuarantined() {
        return broker.awaitRecords(quarantineTopic(), 1, LIMIT).getFirst();
    }

    /** How many that waited are done. */
    void awaitCommitted(long offset) {
        await().atMost(LIMIT).until(() -> committed() == offset);
    }

    long committed() {
        TopicPartition partition = new TopicPartition(topic(Topics.DOWNLOAD_WAITING), 0);
        try (Consumer<byte[], byte[]> consumer = clients.consumer(WaitingRelay.GROUP, "test", Map.of())) {
            OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
            return committed == null ? 0 : committed.offset();
        }
    }

    double quarantinedFor(String reason) {
        return registry.get("tocsin.downloads.quarantined")
                .tag("reason", reason)
                .counter()
                .count();
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    String topic(Topic topic) {
        return prefix + topic.name();
    }

    private String quarantineTopic() {
        return topic(Topics.quarantineOf("download-tracker"));
    }

    private <T extends AutoCloseable> T closing(T opened) {
        open.push(opened);
        return opened;
    }

    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
