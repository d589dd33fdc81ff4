package tocsin.local.journey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.local.CommandRun;
import tocsin.local.api.Organisation;
import tocsin.local.quarantine.QuarantineCommand;
import tocsin.local.running.OutgoingRecord;
import tocsin.local.running.RecordPlace;
import tocsin.local.running.RecordProducer;
import tocsin.local.running.Waiting;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.schemas.avro.WebhookRequested;

/** What a service cannot read it puts aside with the reason, goes on, and takes it again once it is mended. */
class QuarantineJourneyTest {

    /** Starts like a message, and is none. */
    private static final byte[] GARBAGE = {(byte) 0xC3, 0x01, 1, 2, 3, 4, 5, 6, 7, 8, 9};

    private static Journey journey;
    private static RecordProducer producer;
    private static Organisation organisation;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        journey = Journey.shared();
        producer = new RecordProducer(journey.stack().brokerAddress());
        organisation = journey.organisation("quarantine-org");
    }

    @AfterAll
    static void stop() {
        producer.close();
    }

    @ParameterizedTest
    @CsvSource({
        "download.observed,  download-tracker",
        "download.recorded,  download-tracker",
        "download.waiting,   download-tracker",
        "advisory.published, advisory-matcher",
        "download.recorded,  advisory-matcher",
        "advisory.accepted,  advisory-matcher",
        "advisory.fanout,    advisory-matcher",
        "advisory.scan,      advisory-matcher",
        "advisory.matched,   notification-dispatcher",
        "platform.event,     notification-dispatcher",
        "webhook.endpoint,   notification-dispatcher",
        "delivery.settled,   notification-dispatcher",
        "email.requested,    notification-dispatcher",
        "org.entitlements,   webhook-sender",
        "webhook.requested,  webhook-sender",
        "webhook.retry.1s,   webhook-sender",
    })
    void putsAsideWhatCannotBeDecoded(String topic, String service) {
        // When
        RecordPlace place = garbageIn(topic);

        // Then
        ConsumerRecord<byte[], byte[]> bad = awaitQuarantined(service, place);
        assertArrayEquals(GARBAGE, bad.value());
        assertEquals("key of garbage", new String(bad.key(), UTF_8));
        assertFalse(header(bad, "quarantine-reason").isBlank());
        assertTrue(Instant.parse(header(bad, "quarantine-at")).isAfter(Instant.EPOCH));
    }

    @ParameterizedTest
    @CsvSource({
        "token.registered,   download-tracker",
        "token.registered,   notification-dispatcher",
        "privacy.erasure,    download-tracker",
        "privacy.erasure,    notification-dispatcher",
        "privacy.erasure,    webhook-sender",
    })
    void keepsOnlyThePlaceOfWhatMayShowATokenOrAPerson(String topic, String service) {
        // When
        RecordPlace place = garbageIn(topic);

        // Then
        ConsumerRecord<byte[], byte[]> bad = awaitQuarantined(service, place);
        assertEquals(0, bad.key().length + bad.value().length);
        assertFalse(header(bad, "quarantine-reason").isBlank());
    }

    @Test
    void letsNeighboursFlow() {
        // Given: garbage before, between and after, in every partition on the way
        DownloadObserved download = Sample.download(organisation, "neighbour", Sample.BAD, journey.now());
        garbageInEveryPartitionOnTheWay();
        journey.observe(download);
        garbageInEveryPartitionOnTheWay();
        journey.awaitTakenIn(download);

        // When
        journey.publish(Sample.advisory("MAL-neighbour", "neighbour", journey.now()));

        // Then
        journey.awaitWebhook(organisation, "neighbour");
        journey.awaitMail(organisation.address(), "neighbour");
        assertEquals(
                Set.of(organisation.endpoint().id() + ": delivered", "email: delivered"),
                journey.awaitLedger(organisation, "neighbour", 2));
    }

    @Test
    void takesAMendedDownload() throws IOException {
        // Given: fetched before the advisory came, and told after it
        DownloadObserved meant = Sample.download(organisation, "mended-download", Sample.BAD, journey.now());
        ConsumerRecord<byte[], byte[]> bad = awaitQuarantined("download-tracker", garbageIn("download.observed"));
        journey.publish(Sample.advisory("MAL-mended-download", "mended-download", journey.now()));
        journey.awaitMatched("mended-download");
        byte[] mended = MessageCodec.of(DownloadObserved.class).encode(meant);

        // When
        redrive("download-tracker", bad, mended);

        // Then
        journey.awaitWebhook(organisation, "mended-download");
        assertTrue(isListedAsRedriven("download-tracker", bad));
    }

    @Test
    void takesAMendedAdvisory() throws IOException {
        // Given
        DownloadObserved download = Sample.download(organisation, "mended-advisory", Sample.BAD, journey.now());
        journey.observe(download);
        journey.awaitTakenIn(download);
        ConsumerRecord<byte[], byte[]> bad = awaitQuarantined("advisory-matcher", garbageIn("advisory.published"));
        AdvisoryPublished meant = AdvisoryPublished.newBuilder()
                .setFeed("journey")
                .setOsv(Sample.advisory("MAL-mended-advisory", "mended-advisory", journey.now())
                        .json())
                .build();

        // When
        redrive(
                "advisory-matcher",
                bad,
                MessageCodec.of(AdvisoryPublished.class).encode(meant));

        // Then
        journey.awaitWebhook(organisation, "mended-advisory");
        assertTrue(isListedAsRedriven("advisory-matcher", bad));
    }

    @Test
    void takesAMendedEvent() throws IOException {
        // Given
        ConsumerRecord<byte[], byte[]> bad = awaitQuarantined("notification-dispatcher", garbageIn("platform.event"));
        PlatformEvent meant = PlatformEvent.newBuilder()
                .setEventId(UUID.randomUUID().toString())
                .setOrgId(organisation.id())
                .setType("api.workflow_run.exited")
                .setOccurredAt(journey.now())
                .setData(
                        "{\"workflow_id\":\"nightly\",\"workflow_run_id\":\"TWR1\",\"advisory\":{\"package_name\":\"mended-event\"}}")
                .setWebhookEndpointIds(List.of(organisation.endpoint().id()))
                .build();

        // When
        redrive(
                "notification-dispatcher",
                bad,
                MessageCodec.of(PlatformEvent.class).encode(meant));

        // Then
        journey.awaitWebhook(organisation, "mended-event");
        assertTrue(isListedAsRedriven("notification-dispatcher", bad));
    }

    @Test
    void takesAMendedWebhook() throws IOException {
        // Given
        ConsumerRecord<byte[], byte[]> bad = awaitQuarantined("webhook-sender", garbageIn("webhook.requested"));
        WebhookRequested meant = WebhookRequested.newBuilder()
                .setWebhookId("msg_" + UUID.randomUUID())
                .setNotificationId(UUID.randomUUID().toString())
                .setOrgId(organisation.id())
                .setEndpointId(organisation.endpoint().id())
                .setType("guard.malicious_package_detected")
                .setOccurredAt(journey.now())
                .setData("{\"advisory\":{\"package_name\":\"mended-webhook\"}}")
                .build();

        // When
        redrive("webhook-sender", bad, MessageCodec.of(WebhookRequested.class).encode(meant));

        // Then
        journey.awaitWebhook(organisation, "mended-webhook");
        assertTrue(isListedAsRedriven("webhook-sender", bad));
    }

    private static void garbageInEveryPartitionOnTheWay() {
        for (var topic : List.of(
                Topics.DOWNLOAD_OBSERVED,
                Topics.DOWNLOAD_RECORDED,
                Topics.ADVISORY_PUBLISHED,
                Topics.ADVISORY_FANOUT,
                Topics.ADVISORY_MATCHED,
                Topics.WEBHOOK_REQUESTED,
                Topics.EMAIL_REQUESTED,
                Topics.DELIVERY_SETTLED)) {
            for (int partition = 0; partition < topic.devPartitions(); partition++) {
                garbageIn(topic.name(), OptionalInt.of(partition));
            }
        }
    }

    private static RecordPlace garbageIn(String topic) {
        return garbageIn(topic, OptionalInt.empty());
    }

    private static RecordPlace garbageIn(String topic, OptionalInt partition) {
        OutgoingRecord keyed = OutgoingRecord.of(topic, "key of garbage", GARBAGE);
        return producer.sendNow(new OutgoingRecord(topic, partition, keyed.key(), keyed.value(), List.of()));
    }

    private static ConsumerRecord<byte[], byte[]> awaitQuarantined(String service, RecordPlace place) {
        return Waiting.forValue(() -> quarantined(service, place), Journey.LIMIT)
                .orElseThrow(() -> new AssertionError(place + " did not come to the quarantine of " + service));
    }

    private static Optional<ConsumerRecord<byte[], byte[]>> quarantined(String service, RecordPlace place) {
        return journey.read(Topics.quarantineOf(service)).stream()
                .filter(record -> header(record, "quarantine-topic").equals(place.topic())
                        && header(record, "quarantine-partition").equals(String.valueOf(place.partition()))
                        && header(record, "quarantine-offset").equals(String.valueOf(place.offset())))
                .findFirst();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    private void redrive(String service, ConsumerRecord<byte[], byte[]> bad, byte[] mended) throws IOException {
        Path file = Files.write(folder.resolve("mended.avro"), mended);
        CommandRun run = CommandRun.of(
                new QuarantineCommand(),
                "redrive",
                service,
                bad.partition() + ":" + bad.offset(),
                "--with",
                file.toString(),
                "--bootstrap",
                journey.stack().addresses().broker());
        assertEquals(0, run.exitCode(), run.err());
    }

    private static boolean isListedAsRedriven(String service, ConsumerRecord<byte[], byte[]> bad) {
        CommandRun run = CommandRun.of(
                new QuarantineCommand(),
                "list",
                service,
                "--bootstrap",
                journey.stack().addresses().broker());
        return run.out()
                .lines()
                .anyMatch(line -> line.contains(" " + bad.partition() + ":" + bad.offset() + " ")
                        && line.contains("[redriven to "));
    }
}
