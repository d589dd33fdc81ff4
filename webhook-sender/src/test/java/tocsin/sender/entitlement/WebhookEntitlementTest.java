package tocsin.sender.entitlement;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.OrgEntitlements;
import tocsin.sender.SenderService;
import tocsin.service.http.Problem;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.KafkaConfig;
import tocsin.service.kafka.Quarantine;
import tocsin.service.kafka.TopicTable;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.MovableClock;

/** With a topic of its own, on which all has not been told from the start. */
class WebhookEntitlementTest {

    private static final MessageCodec<OrgEntitlements> CODEC = MessageCodec.of(OrgEntitlements.class);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final String prefix = SenderService.newOrg() + ".";
    private final KafkaBroker broker = SenderService.shared().broker();
    private final KafkaClients clients = KafkaClients.of(new KafkaConfig(broker.bootstrapServers(), prefix, Map.of()));
    private final Quarantine quarantine = new Quarantine(
            clients, "webhook-sender", MovableClock.at("2026-01-02T03:04:05Z"), new SimpleMeterRegistry());
    private final TopicTable<OrgEntitlements> table =
            new EntitlementTableFactory().entitlementTable(clients, quarantine);
    private final WebhookEntitlement entitlement = new WebhookEntitlement(table, Duration.ZERO);

    @AfterEach
    void close() {
        table.close();
        quarantine.close();
        clients.close();
    }

    private void start() throws InterruptedException {
        broker.createTopic(
                prefix + Topics.ORG_ENTITLEMENTS.name(),
                Topics.ORG_ENTITLEMENTS.devPartitions(),
                Topics.ORG_ENTITLEMENTS.config());
        table.start();
        assertTrue(table.awaitLoaded(LONG));
    }

    private void tell(String org, boolean webhooks) {
        tell(org, webhooks, Instant.EPOCH);
    }

    private void tell(String org, boolean webhooks, Instant changedAt) {
        broker.send(
                prefix + Topics.ORG_ENTITLEMENTS.name(),
                org.getBytes(UTF_8),
                CODEC.encode(OrgEntitlements.newBuilder()
                        .setOrgId(org)
                        .setGuard(true)
                        .setWebhooks(webhooks)
                        .setChangedAt(changedAt)
                        .build()));
    }

    private void awaitTold(String org) {
        await().atMost(LONG).until(() -> table.find(org).isPresent());
    }

    private int refusal(String org) {
        return assertThrows(Problem.class, () -> entitlement.require(org))
                .status()
                .getCode();
    }

    @Test
    void refusesNobodyBeforeAllAreTold() throws InterruptedException {
        // Given
        start();

        // When
        tell("another", true);
        tell("without", false);
        awaitTold("without");

        // Then
        assertDoesNotThrow(() -> entitlement.require("acme"));
        assertDoesNotThrow(() -> entitlement.require("without"));
    }

    @Test
    void refusesWhoWasToldToHaveNoneAndWhoWasNotToldOf() throws InterruptedException {
        // Given
        start();

        // When
        tell("with", true);
        tell("without", false);
        tell(RecordKeys.ALL_ENTITLEMENTS_TOLD, false);
        awaitTold(RecordKeys.ALL_ENTITLEMENTS_TOLD);

        // Then
        assertDoesNotThrow(() -> entitlement.require("with"));
        assertEquals(403, refusal("without"));
        assertEquals(403, refusal("acme"));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # first told           , then                    , what counts
            2026-01-02T03:04:05Z    , 2026-01-02T03:04:05.001Z, then
            2026-01-02T03:04:05.001Z, 2026-01-02T03:04:05Z    , first
            2026-01-02T03:04:05Z    , 2026-01-02T03:04:05Z    , then
            """)
    void goesByTheNewestChangeInWhateverOrderTheyCome(Instant first, Instant then, String counts) throws Exception {
        // Given
        start();
        tell(RecordKeys.ALL_ENTITLEMENTS_TOLD, false);
        tell("given", false, first);
        tell("taken", true, first);

        // When
        tell("given", true, then);
        tell("taken", false, then);
        tell("last", true);
        awaitTold("last");

        // Then
        String refused = counts.equals("then") ? "taken" : "given";
        String entitled = counts.equals("then") ? "given" : "taken";
        assertEquals(403, refusal(refused));
        assertDoesNotThrow(() -> entitlement.require(entitled));
    }

    @Test
    void waitsForWhatWasGivenAMomentAgo() throws Exception {
        // Given
        start();
        tell(RecordKeys.ALL_ENTITLEMENTS_TOLD, false);
        awaitTold(RecordKeys.ALL_ENTITLEMENTS_TOLD);
        WebhookEntitlement patient = new WebhookEntitlement(table, LONG);
        FutureTask<Boolean> asking = new FutureTask<>(() -> {
            patient.require("acme");
            return true;
        });
        Thread thread = Thread.ofPlatform().start(asking);
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> thread.getState() == Thread.State.TIMED_WAITING);

        // When
        tell("acme", true);

        // Then
        assertTrue(asking.get());
    }

    @Test
    void saysThatNothingIsKnownYet() {
        // Then
        assertEquals(503, refusal("acme"));
    }
}
