package tocsin.tracker.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Audience;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
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

/** The recorder with its loop and its table of tokens over a real broker; each test has topics of its own. */
class DownloadObservedHandlerTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final MessageCodec<DownloadRecorded> RECORDED = MessageCodec.of(DownloadRecorded.class);

    private static KafkaBroker broker;

    private final MovableClock clock = MovableClock.at(Samples.FETCHED_AT.plusSeconds(3600));
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final String prefix = UUID.randomUUID() + ".";

    private KafkaClients clients;
    private Producer<byte[], byte[]> proxy;
    private Quarantine quarantine;

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
        proxy = clients.producer("proxy");
        quarantine = closing(new Quarantine(clients, "download-tracker", clock, registry));
        for (String topic :
                List.of(observedTopic(), waitingTopic(), recordedTopic(), tokensTopic(), quarantineTopic())) {
            broker.createTopic(topic, 1);
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @Test
    void recordsADownloadAndRingsNothingForMetadata() throws Exception {
        // Given
        send(Samples.observed().setEventId("1").setRequest(Samples.request("GET", "/event-stream", 200)));
        send(Samples.observed().setEventId("2"));
        send(Samples.observed()
                .setEventId("3")
                .setRequest(Samples.request("HEAD", "/event-stream/-/event-stream-3.3.6.tgz", 200)));

        // When
        startTracker();
        awaitCommitted(3);

        // Then
        ConsumerRecord<byte[], byte[]> record = only(broker.readAll(recordedTopic()));
        DownloadRecorded download = RECORDED.decode(record.value());
        assertEquals("org:acme npm:event-stream", new String(record.key(), UTF_8));
        assertEquals("3.3.6", download.getVersion());
        assertEquals(download.getEventId(), header(record, MessageHeaders.MESSAGE_ID));
        assertEquals(List.of(), broker.readAll(quarantineTopic()));
        assertEquals(1, dropped("metadata"));
        assertEquals(1, dropped("method"));
        assertEquals(
                3,
                registry.get("tocsin.downloads.observed")
                        .tag("source", "verdaccio-eu")
                        .counter()
                        .count());
        assertEquals(
                1,
                registry.get("tocsin.downloads.recorded")
                        .tag("source", "verdaccio-eu")
                        .counter()
                        .count());
    }

    @Test
    void passesTheTraceOn() throws Exception {
        // Given
        byte[] traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".getBytes(UTF_8);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(observedTopic(), null, Samples.encoded(Samples.observed()));
        record.headers().add(MessageHeaders.TRACEPARENT, traceparent);
        DurableSend.one(proxy, record);

        // When
        startTracker();

        // Then
        ConsumerRecord<byte[], byte[]> recorded = only(broker.awaitRecords(recordedTopic(), 1, LIMIT));
        assertEquals(new String(traceparent, UTF_8), header(recorded, MessageHeaders.TRACEPARENT));
    }

    @Test
    void quarantinesWhatItCannotReadWhileNeighboursFlow() throws Exception {
        // Given
        send(Samples.observed().setEventId("before"));
        byte[] bad = "not a message".getBytes(UTF_8);
        DurableSend.one(proxy, new ProducerRecord<>(observedTopic(), "key".getBytes(UTF_8), bad));
        send(Samples.observed().setEventId("after"));

        // When
        startTracker();
        awaitCommitted(3);

        // Then
        assertEquals(2, broker.readAll(recordedTopic()).size());
        ConsumerRecord<byte[], byte[]> quarantined = only(broker.readAll(quarantineTopic()));
        assertArrayEquals(bad, quarantined.value());
        assertEquals("key", new String(quarantined.key(), UTF_8));
        assertEquals(
                "not in Avro single-object encoding (it starts with C3 01)",
                header(quarantined, QuarantineHeaders.REASON));
        assertEquals(observedTopic(), header(quarantined, QuarantineHeaders.TOPIC));
        assertEquals("0", header(quarantined, QuarantineHeaders.PARTITION));
        assertEquals("1", header(quarantined, QuarantineHeaders.OFFSET));
    }

    @Test
    void keepsNothingOfARecordThatShowsAToken() throws Exception {
        // Given
        String token = "npm_rawToken";
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                observedTopic(), token.getBytes(UTF_8), Samples.encoded(Samples.observedByToken(token)));
        record.headers().add("authorization", token.getBytes(UTF_8));
        DurableSend.one(proxy, record);

        // When
        startTracker();

        // Then
        ConsumerRecord<byte[], byte[]> quarantined = only(broker.awaitRecords(quarantineTopic(), 1, LIMIT));
        assertEquals(0, quarantined.key().length);
        assertEquals(0, quarantined.value().length);
        assertNull(quarantined.headers().lastHeader("authorization"));
        assertEquals(
                "token id must be the SHA-256 of the token: 64 lower-case hexadecimal digits;"
                        + " not kept, since it may be the token itself",
                header(quarantined, QuarantineHeaders.REASON));
        assertEquals("0", header(quarantined, QuarantineHeaders.OFFSET));
        awaitCommitted(1);
    }

    @Test
    void recordsAQuarantinedDownloadOnceItIsMendedAndSentAgain() throws Exception {
        // Given
        DownloadObserved.Builder download = Samples.observed().setSourceKind("misspelt");
        send(download);
        startTracker();
        ConsumerRecord<byte[], byte[]> quarantined = only(broker.awaitRecords(quarantineTopic(), 1, LIMIT));
        assertEquals("unknown source_kind", header(quarantined, QuarantineHeaders.REASON));

        // When
        DurableSend.one(
                proxy,
                new ProducerRecord<>(
                        header(quarantined, QuarantineHeaders.TOPIC),
                        null,
                        quarantined.key(),
                        Samples.encoded(download.setSourceKind("verdaccio")),
                        quarantined.headers()));

        // Then
        ConsumerRecord<byte[], byte[]> recorded = only(broker.awaitRecords(recordedTopic(), 1, LIMIT));
        assertEquals("event-stream", RECORDED.decode(recorded.value()).getPackageName());
        assertEquals(1, broker.readAll(quarantineTopic()).size());
    }

    @Test
    void parksADownloadByAnUnknownTokenWithWhereAndWhenItCame() throws Exception {
        // Given
        send(Samples.observed().setEventId("before"));
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                observedTopic(),
                null,
                Samples.FETCHED_AT.plusSeconds(1).toEpochMilli(),
                "key".getBytes(UTF_8),
                Samples.encoded(Samples.observedByToken(Samples.TOKEN_ID)));
        record.headers().add("own", new byte[] {7}).add("waiting-offset", "12345".getBytes(UTF_8));
        DurableSend.one(proxy, record);

        // When
        startTracker();
        awaitCommitted(2);

        // Then
        ConsumerRecord<byte[], byte[]> parked = only(broker.readAll(waitingTopic()));
        assertEquals("key", new String(parked.key(), UTF_8));
        assertArrayEquals(record.value(), parked.value());
        ConsumerRecord<byte[], byte[]> observed = ParkedRecordFactory.observed(parked, observedTopic());
        assertEquals(observedTopic(), observed.topic());
        assertEquals(0, observed.partition());
        assertEquals(1, observed.offset());
        assertEquals(Samples.FETCHED_AT.plusSeconds(1).toEpochMilli(), observed.timestamp());
        assertArrayEquals(new byte[] {7}, observed.headers().lastHeader("own").value());
        assertNull(observed.headers().lastHeader("waiting-offset"));
        assertEquals(List.of(), broker.readAll(quarantineTopic()));
        assertEquals(1, broker.readAll(recordedTopic()).size());
    }

    @Test
    void quarantinesAnUnknownTokensDownloadThatIsTooLargeToWait() throws Exception {
        // Given
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(observedTopic(), null, Samples.encoded(Samples.observedByToken(Samples.TOKEN_ID)));
        record.headers().add("padding", new byte[70_000]);
        DurableSend.one(proxy, record);

        // When
        startTracker();

        // Then
        ConsumerRecord<byte[], byte[]> quarantined = only(broker.awaitRecords(quarantineTopic(), 1, LIMIT));
        assertEquals("unknown token, and too large to wait for it", header(quarantined, QuarantineHeaders.REASON));
        assertEquals(List.of(), broker.readAll(waitingTopic()));
    }

    @Test
    void attributesNothingBeforeItKnowsTheTokens() throws Exception {
        // Given a registration that is there, and a table that has not begun to read
        register(Samples.TOKEN_ID);
        send(Samples.observedByToken(Samples.TOKEN_ID));
        TopicTable<TokenRegistration> tokens = tokens();
        BatchLoop loop = loop(tokens, clients.producer("download-tracker"));
        loop.start();
        await().atMost(LIMIT).until(() -> loop.whyNotReady().isEmpty());
        assertFalse(tokens.isLoaded());
        assertEquals(Optional.of("not running"), tokens.whyNotReady());

        // When
        tokens.start();

        // Then
        awaitCommitted(1);
        assertEquals(1, broker.readAll(recordedTopic()).size());
        assertEquals(List.of(), broker.readAll(quarantineTopic()));
    }

    @Test
    void givesEqualIdsAndBytesWhenTheTopicIsReplayed() throws Exception {
        // Given
        for (int i = 0; i < 20; i++) {
            send(Samples.observed().setEventId(null).setFetchedAt(Samples.FETCHED_AT.plusMillis(i)));
        }
        try (Tracker _ = startTracker()) {
            awaitCommitted(20);
        }

        // When
        clients.admin()
                .deleteConsumerGroups(List.of(prefix + "download-tracker"))
                .all()
                .get();
        startTracker();

        // Then
        List<ConsumerRecord<byte[], byte[]>> records = broker.awaitRecords(recordedTopic(), 40, LIMIT);
        assertEquals(40, records.size());
        TreeSet<String> ids = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
            assertArrayEquals(records.get(i).value(), records.get(i + 20).value());
            assertArrayEquals(records.get(i).key(), records.get(i + 20).key());
            ids.add(header(records.get(i), MessageHeaders.MESSAGE_ID));
        }
        assertEquals(20, ids.size());
    }

    @Test
    void commitsNothingBeforeTheBrokerHasTheDownload() throws Exception {
        // Given a producer that cannot get rid of a record of any size
        Producer<byte[], byte[]> tight = clients.producer("tight", Map.of("max.request.size", 100));
        send(Samples.observed().setEventId("1"));

        // When
        TopicTable<TokenRegistration> tokens = tokens();
        BatchLoop loop = loop(tokens, tight);
        tokens.start();
        loop.start();

        // Then it says that it is stuck, and has not advanced
        await().atMost(LIMIT).until(() -> loop.whyNotReady().orElse("").startsWith("failed"));
        assertEquals(0, committed());
        loop.close();

        // When the fault is mended, the download is still there
        loop(tokens, clients.producer("download-tracker")).start();

        // Then
        awaitCommitted(1);
        assertEquals(1, broker.readAll(recordedTopic()).size());
    }

    private record Tracker(TopicTable<TokenRegistration> tokens, BatchLoop loop) implements AutoCloseable {
        @Override
        public void close() {
            loop.close();
            tokens.close();
        }
    }

    private Tracker startTracker() {
        TopicTable<TokenRegistration> tokens = tokens();
        tokens.start();
        BatchLoop loop = loop(tokens, clients.producer("download-tracker"));
        loop.start();
        return new Tracker(tokens, loop);
    }

    private TopicTable<TokenRegistration> tokens() {
        return closing(TopicTable.keepingNothingRefused(
                clients,
                Topics.TOKEN_REGISTERED.name(),
                new TokenRegistrations()::read,
                quarantine,
                (tokenId, registration) -> {}));
    }

    private BatchLoop loop(TopicTable<TokenRegistration> tokens, Producer<byte[], byte[]> producer) {
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
                        new RecordingMetrics(registry))));
    }

    private void send(DownloadObserved.Builder observed) throws InterruptedException {
        long writtenAt = Samples.FETCHED_AT.plusSeconds(1).toEpochMilli();
        DurableSend.one(proxy, new ProducerRecord<>(observedTopic(), null, writtenAt, null, Samples.encoded(observed)));
    }

    private void register(String tokenId) throws InterruptedException {
        DurableSend.one(
                proxy,
                new ProducerRecord<>(
                        tokensTopic(), tokenId.getBytes(UTF_8), Samples.encoded(Samples.registered(tokenId))));
    }

    private void awaitCommitted(long offset) {
        await().atMost(LIMIT).until(() -> committed() == offset);
    }

    private long committed() {
        TopicPartition partition = new TopicPartition(observedTopic(), 0);
        try (Consumer<byte[], byte[]> consumer = clients.consumer("download-tracker", "test", Map.of())) {
            OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
            return committed == null ? 0 : committed.offset();
        }
    }

    private double dropped(String reason) {
        return registry.get("tocsin.downloads.dropped")
                .tags("source", "verdaccio-eu", "reason", reason)
                .counter()
                .count();
    }

    private static ConsumerRecord<byte[], byte[]> only(List<ConsumerRecord<byte[], byte[]>> records) {
        assertEquals(1, records.size());
        return records.getFirst();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private <T extends AutoCloseable> T closing(T opened) {
        open.push(opened);
        return opened;
    }

    private String observedTopic() {
        return prefix + Topics.DOWNLOAD_OBSERVED.name();
    }

    private String waitingTopic() {
        return prefix + Topics.DOWNLOAD_WAITING.name();
    }

    private String recordedTopic() {
        return prefix + Topics.DOWNLOAD_RECORDED.name();
    }

    private String tokensTopic() {
        return prefix + Topics.TOKEN_REGISTERED.name();
    }

    private String quarantineTopic() {
        return prefix + Topics.quarantineOf("download-tracker").name();
    }
}
