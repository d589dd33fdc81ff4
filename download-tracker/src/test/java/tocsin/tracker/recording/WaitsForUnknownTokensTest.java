package tocsin.tracker.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.service.kafka.BatchLoop;
import tocsin.service.kafka.BatchLoopSettings;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.KafkaConfig;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.QuarantineHeaders;
import tocsin.service.kafka.TopicTable;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.MovableClock;
import tocsin.tracker.Samples;
import tocsin.tracker.artifact.DownloadRule;
import tocsin.tracker.artifact.PublicRegistry;
import tocsin.tracker.artifact.SourceRules;
import tocsin.tracker.identity.Attribution;
import tocsin.tracker.identity.TokenRegistration;
import tocsin.tracker.identity.TokenRegistrations;
import tocsin.tracker.intake.ObservationReader;

/** A download whose token nobody has registered yet is late, not lost. Over a real broker; each test has topics of its own. */
class WaitsForUnknownTokensTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration WAIT = Duration.ofMinutes(15);
    private static final MessageCodec<DownloadRecorded> RECORDED = MessageCodec.of(DownloadRecorded.class);

    private static KafkaBroker broker;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final String prefix = UUID.randomUUID() + ".";
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    /** Only ends of waits are measured by it: the broker has its own. */
    private final MovableClock clock = MovableClock.at(Instant.EPOCH);

    private KafkaClients clients;

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void createTopics() {
        clients = closing(KafkaClients.of(new KafkaConfig(broker.bootstrapServers(), prefix, Map.of())));
        for (Topic topic : List.of(
                Topics.DOWNLOAD_OBSERVED,
                Topics.DOWNLOAD_WAITING,
                Topics.DOWNLOAD_RECORDED,
                Topics.TOKEN_REGISTERED,
                Topics.quarantineOf("download-tracker"))) {
            broker.createTopic(prefix + topic.name(), 1, topic.config());
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @Test
    void recordsADownloadOnceItsTokenIsRegisteredAsIfItHadBeenInTime() throws Exception {
        // Given
        startTracker(20_000);
        send(Samples.observedByToken(token(1)).setEventId("late"));
        awaitHeld(1);

        // When
        register(token(1));

        // Then
        DownloadRecorded late = recorded(awaitRecorded(1).getFirst());
        assertEquals("org:acme", late.getAudience());
        assertEquals(
                broker.readAll(topic(Topics.DOWNLOAD_OBSERVED)).getFirst().timestamp(),
                late.getReceivedAt().toEpochMilli());
        // And the same as one that comes when the token is known, but for the time
        send(Samples.observedByToken(token(1)).setEventId("late"));
        DownloadRecorded again = recorded(awaitRecorded(2).getLast());
        assertEquals(
                late,
                DownloadRecorded.newBuilder(again)
                        .setReceivedAt(late.getReceivedAt())
                        .build());
        awaitCommitted(1);
        assertEquals(List.of(), broker.readAll(quarantineTopic()));
    }

    @Test
    void delaysNoNeighbour() throws Exception {
        // Given many that wait, more than are held
        startTracker(10);
        for (int i = 0; i < 50; i++) {
            send(Samples.observedByToken(token(i)).setEventId("waits-" + i));
        }

        // When
        send(Samples.observed().setEventId("neighbour"));

        // Then
        assertEquals("org:acme", recorded(awaitRecorded(1).getFirst()).getAudience());
        // And one that is held goes on before those in front of it
        awaitHeldAtLeast(10);
        register(token(5));
        awaitRecorded(2);
        assertEquals(0, committed());
        assertEquals(List.of(), broker.readAll(quarantineTopic()));
    }

    @Test
    void losesNothingThroughARestartAndBeyondWhatItHolds() throws Exception {
        // Given
        try (Tracker _ = startTracker(10)) {
            for (int i = 0; i < 50; i++) {
                send(Samples.observedByToken(token(i)).setEventId("waits-" + i));
            }
            awaitHeldAtLeast(10);
            assertTrue(held.get() < 30, held::toString);
            assertEquals(0, committed());
        }

        // When it comes back and all are registered
        startTracker(10);
        for (int i = 0; i < 50; i++) {
            register(token(i));
        }

        // Then
        await().atMost(LIMIT).until(() -> recordedIds().size() == 50);
        awaitCommitted(50);
        assertEquals(List.of(), broker.readAll(quarantineTopic()));
    }

    @Test
    void putsIntoQuarantineWhoseTimeIsUpAndRecordsItWhenItIsSentBack() throws Exception {
        // Given
        startTracker(20_000);
        DownloadObserved.Builder download = Samples.observedByToken(token(1));
        send(download);
        awaitHeld(1);

        // When
        long parkedAt =
                broker.readAll(topic(Topics.DOWNLOAD_WAITING)).getFirst().timestamp();
        clock.set(Instant.ofEpochMilli(parkedAt).plus(WAIT));

        // Then
        ConsumerRecord<byte[], byte[]> quarantined =
                broker.awaitRecords(quarantineTopic(), 1, LIMIT).getFirst();
        assertEquals("unknown token", header(quarantined, QuarantineHeaders.REASON));
        assertEquals(topic(Topics.DOWNLOAD_OBSERVED), header(quarantined, QuarantineHeaders.TOPIC));
        assertEquals("0", header(quarantined, QuarantineHeaders.OFFSET));
        assertArrayEquals(Samples.encoded(download), quarantined.value());
        awaitCommitted(1);
        assertEquals(List.of(), broker.readAll(topic(Topics.DOWNLOAD_RECORDED)));

        // When it is registered after all
        register(token(1));
        DurableSend.one(
                clients.producer("redrive"),
                new ProducerRecord<>(
                        header(quarantined, QuarantineHeaders.TOPIC),
                        null,
                        quarantined.key(),
                        quarantined.value(),
                        quarantined.headers()));

        // Then
        assertEquals("org:acme", recorded(awaitRecorded(1).getFirst()).getAudience());
    }

    @Test
    void takesARegistrationThatIsThereWhenTheTimeIsUpAlreadyAtTheStart() throws Exception {
        // Given one whose time went by while nothing ran, and that was registered meanwhile
        try (Tracker _ = startTracker(20_000)) {
            send(Samples.observedByToken(token(1)));
            send(Samples.observedByToken(token(2)));
            awaitHeld(2);
        }
        register(token(1));
        clock.set(Instant.parse("2100-01-01T00:00:00Z"));

        // When
        startTracker(20_000);

        // Then
        awaitCommitted(2);
        assertEquals(1, broker.readAll(topic(Topics.DOWNLOAD_RECORDED)).size());
        assertEquals(1, broker.readAll(quarantineTopic()).size());
    }

    @Test
    void keepsNothingOfARegistrationThatShowsAToken() throws Exception {
        // Given
        startTracker(20_000);

        // When
        String token = "npm_rawToken";
        DurableSend.one(
                clients.producer("platform"),
                new ProducerRecord<>(
                        topic(Topics.TOKEN_REGISTERED),
                        token.getBytes(UTF_8),
                        Samples.encoded(Samples.registered(token))));

        // Then
        ConsumerRecord<byte[], byte[]> quarantined =
                broker.awaitRecords(quarantineTopic(), 1, LIMIT).getFirst();
        assertEquals(0, quarantined.key().length);
        assertEquals(0, quarantined.value().length);
        assertEquals(topic(Topics.TOKEN_REGISTERED), header(quarantined, QuarantineHeaders.TOPIC));
        assertEquals(
                "token id must be the SHA-256 of the token: 64 lower-case hexadecimal digits",
                header(quarantined, QuarantineHeaders.REASON));
    }

    private record Tracker(TopicTable<TokenRegistration> tokens, BatchLoop loop, WaitingRelay waiting)
            implements AutoCloseable {
        @Override
        public void close() {
            waiting.close();
            loop.close();
            tokens.close();
        }
    }

    private Tracker startTracker(int maxRecords) throws InterruptedException {
        Quarantine quarantine = closing(new Quarantine(clients, "download-tracker", clock, registry));
        TopicTable<TokenRegistration> tokens = TopicTable.keepingNothingRefused(
                clients,
                Topics.TOKEN_REGISTERED.name(),
                new TokenRegistrations()::read,
                quarantine,
                (tokenId, registration) -> {});
        RecordHandler handler = new RecordHandler(
                new DownloadRecorder(
                        new ObservationReader(),
                        new DownloadRule(SourceRules.NONE),
                        new Attribution(token -> tokens.find(token.tokenId())),
                        new PublicRegistry(List.of())),
                MovableClock.at(Instant.parse("2100-01-01T00:00:00Z")));
        RecordingMetrics metrics = new RecordingMetrics(registry);
        BatchLoop loop = new BatchLoop(
                clients,
                BatchLoopSettings.of("download-tracker", Topics.DOWNLOAD_OBSERVED.name()),
                new DownloadObservedHandler(
                        handler,
                        tokens,
                        new OutcomePublisher(clients.producer("recorded"), clients, quarantine),
                        metrics));
        WaitingRelay waiting = new WaitingRelay(
                clients,
                new WaitingRelay.Parts(
                        handler,
                        new OutcomePublisher(clients.producer("waited"), clients, quarantine),
                        tokens,
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
        return closing(new Tracker(tokens, loop, waiting));
    }

    private final AtomicInteger held = new AtomicInteger();

    private static String token(int i) {
        return "%064x".formatted(i);
    }

    private void send(DownloadObserved.Builder observed) throws InterruptedException {
        broker.send(topic(Topics.DOWNLOAD_OBSERVED), new byte[] {1}, Samples.encoded(observed));
    }

    private void register(String tokenId) {
        broker.send(
                topic(Topics.TOKEN_REGISTERED), tokenId.getBytes(UTF_8), Samples.encoded(Samples.registered(tokenId)));
    }

    private void awaitHeld(int count) {
        await().atMost(LIMIT).until(() -> held.get() == count);
    }

    private void awaitHeldAtLeast(int count) {
        await().atMost(LIMIT).until(() -> held.get() >= count);
    }

    private List<ConsumerRecord<byte[], byte[]>> awaitRecorded(int count) {
        return broker.awaitRecords(topic(Topics.DOWNLOAD_RECORDED), count, LIMIT);
    }

    private static DownloadRecorded recorded(ConsumerRecord<byte[], byte[]> record) {
        return RECORDED.decode(record.value());
    }

    private Set<String> recordedIds() {
        return broker.readAll(topic(Topics.DOWNLOAD_RECORDED)).stream()
                .map(record -> recorded(record).getEventId())
                .collect(Collectors.toSet());
    }

    private void awaitCommitted(long offset) {
        await().atMost(LIMIT).until(() -> committed() == offset);
    }

    private long committed() {
        TopicPartition partition = new TopicPartition(topic(Topics.DOWNLOAD_WAITING), 0);
        try (Consumer<byte[], byte[]> consumer = clients.consumer(WaitingRelay.GROUP, "test", Map.of())) {
            OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
            return committed == null ? 0 : committed.offset();
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private <T extends AutoCloseable> T closing(T opened) {
        open.push(opened);
        return opened;
    }

    private String topic(Topic topic) {
        return prefix + topic.name();
    }

    private String quarantineTopic() {
        return topic(Topics.quarantineOf("download-tracker"));
    }
}
