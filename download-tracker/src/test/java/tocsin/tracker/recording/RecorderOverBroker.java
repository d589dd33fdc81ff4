package tocsin.tracker.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import tocsin.schemas.Audience;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.service.kafka.BatchLoop;
import tocsin.service.kafka.BatchLoopSettings;
import tocsin.service.kafka.DurableSend;
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

/** The recorder with its loop and its table of tokens over a real broker, on topics of its own; what waits goes on waiting. */
final class RecorderOverBroker {

    static final Duration LIMIT = Duration.ofSeconds(60);

    private static final MessageCodec<DownloadRecorded> RECORDED = MessageCodec.of(DownloadRecorded.class);

    final KafkaBroker broker = SharedBroker.BROKER;
    final KafkaClients clients;
    final Producer<byte[], byte[]> proxy;

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final String prefix = UUID.randomUUID() + ".";
    private final Quarantine quarantine;

    RecorderOverBroker() {
        clients = closing(KafkaClients.of(new KafkaConfig(broker.bootstrapServers(), prefix, Map.of())));
        proxy = clients.producer("proxy");
        quarantine =
                closing(new Quarantine(clients, "download-tracker", MovableClock.at(Samples.FETCHED_AT), registry));
        for (String topic :
                List.of(observedTopic(), waitingTopic(), recordedTopic(), tokensTopic(), quarantineTopic())) {
            broker.createTopic(topic, 1);
        }
    }

    static DownloadRecorded decoded(ConsumerRecord<byte[], byte[]> recorded) {
        return RECORDED.decode(recorded.value());
    }

    /** As if nothing had ever been read. */
    void forgetTheGroup() throws Exception {
        clients.admin()
                .deleteConsumerGroups(List.of(prefix + "download-tracker"))
                .all()
                .get();
    }

    double count(String name) {
        return registry.get(name).tag("source", "verdaccio-eu").counter().count();
    }

    /** One instance of it. */
    record Instance(TopicTable<TokenRegistration> tokens, BatchLoop loop) implements AutoCloseable {
        @Override
        public void close() {
            loop.close();
            tokens.close();
        }
    }

    Instance start() {
        TopicTable<TokenRegistration> tokens = tokens();
        tokens.start();
        BatchLoop loop = loop(tokens, clients.producer("download-tracker"));
        loop.start();
        return new Instance(tokens, loop);
    }

    TopicTable<TokenRegistration> tokens() {
        return closing(TopicTable.keepingNothingRefused(
                clients,
                Topics.TOKEN_REGISTERED.name(),
                new TokenRegistrations()::read,
                quarantine,
                (tokenId, registration) -> {}));
    }

    BatchLoop loop(TopicTable<TokenRegistration> tokens, Producer<byte[], byte[]> producer) {
        DownloadRecorder recorder = new DownloadRecorder(
                new ObservationReader(),
                new DownloadRule(SourceRules.NONE),
                new Attribution((Audience.Token token) -> tokens.find(token.tokenId())),
                new PublicRegistry(List.of()));
        BatchLoopSettings settings = BatchLoopSettings.of("download-tracker", Topics.DOWNLOAD_OBSERVED.name())
                .withBackoff(Duration.ofMillis(20), Duration.ofMillis(100));
        return closing(new BatchLoop(
                clients,
                settings,
                new DownloadObservedHandler(
                        new RecordHandler(recorder),
                        tokens,
                        new OutcomePublisher(producer, clients, quarantine),
                        new RecordingMetrics(registry),
                        new TableFreshness(tokens))));
    }

    void send(DownloadObserved.Builder observed) throws InterruptedException {
        long writtenAt = Samples.FETCHED_AT.plusSeconds(1).toEpochMilli();
        DurableSend.one(proxy, new ProducerRecord<>(observedTopic(), null, writtenAt, null, Samples.encoded(observed)));
    }

    void register(String tokenId) throws InterruptedException {
        DurableSend.one(
                proxy,
                new ProducerRecord<>(
                        tokensTopic(), tokenId.getBytes(UTF_8), Samples.encoded(Samples.registered(tokenId))));
    }

    void awaitCommitted(long offset) {
        await().atMost(LIMIT).until(() -> committed() == offset);
    }

    long committed() {
        TopicPartition partition = new TopicPartition(observedTopic(), 0);
        try (Consumer<byte[], byte[]> consumer = clients.consumer("download-tracker", "test", Map.of())) {
            OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
            return committed == null ? 0 : committed.offset();
        }
    }

    double dropped(String reason) {
        return registry.get("tocsin.downloads.dropped")
                .tags("source", "verdaccio-eu", "reason", reason)
                .counter()
                .count();
    }

    static ConsumerRecord<byte[], byte[]> only(List<ConsumerRecord<byte[], byte[]>> records) {
        assertEquals(1, records.size());
        return records.getFirst();
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private <T extends AutoCloseable> T closing(T opened) {
        open.push(opened);
        return opened;
    }

    String observedTopic() {
        return prefix + Topics.DOWNLOAD_OBSERVED.name();
    }

    String waitingTopic() {
        return prefix + Topics.DOWNLOAD_WAITING.name();
    }

    String recordedTopic() {
        return prefix + Topics.DOWNLOAD_RECORDED.name();
    }

    private String tokensTopic() {
        return prefix + Topics.TOKEN_REGISTERED.name();
    }

    String quarantineTopic() {
        return prefix + Topics.quarantineOf("download-tracker").name();
    }

    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
