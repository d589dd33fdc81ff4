package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import com.fasterxml.jackson.databind.JsonNode;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.engine.Delivery;
import tocsin.engine.MessageHeader;
import tocsin.engine.Outcome;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.egress.EgressClient;
import tocsin.testsupport.Answer;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

/** From the request on Kafka to the receiver and back, on real parts. */
class DeliveryTest {

    @SuppressWarnings("NullAway.Init")
    private static SenderService sender;

    @BeforeAll
    static void start() {
        sender = SenderService.shared();
    }

    private static void verify(Registered endpoint, ReceivedRequest request) throws WebhookVerificationException {
        new Webhook(endpoint.secret()).verify(request.bodyText(), HttpHeaders.of(request.headers(), (_, _) -> true));
    }

    private static DeliverySettled settled(WebhookRequested request) {
        return sender.awaitSettlements(request.getWebhookId(), 1).getFirst();
    }

    @Test
    void deliversWithASignatureThatTheReferenceLibraryAccepts() throws WebhookVerificationException {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();

            // When
            sender.request(request);

            // Then
            ReceivedRequest received = receiver.awaitRequests(1, LIMIT).getFirst();
            verify(endpoint, received);
            assertEquals("""
                    {"type":"guard.malicious_package_detected","timestamp":"2026-04-17T12:00:00Z","data":{"advisory": {"advisory_id":"GHSA-é"}}}""", received.bodyText());
            assertEquals(request.getWebhookId(), received.header("webhook-id").orElseThrow());
            assertEquals("application/json", received.header("content-type").orElseThrow());
            assertEquals("Tocsin", received.header("user-agent").orElseThrow());
            DeliverySettled settled = settled(request);
            assertEquals(DeliveryOutcome.DELIVERED, settled.getOutcome());
            assertEquals(request.getNotificationId(), settled.getNotificationId());
            assertEquals(endpoint.id(), settled.getDestination());
            assertEquals(1, settled.getAttempts());
            JsonNode shown = sender.shown(endpoint, request.getWebhookId());
            assertEquals("delivered", shown.get("state").asText());
            assertEquals(200, shown.get("attempts").get(0).get("status").asInt());
            assertTrue(shown.get("attempts").get(0).get("duration_ms").asLong() >= 0);
        }
    }

    @Test
    void retriesWithTheSameIdAndBodyAndASignatureOfItsOwn() throws WebhookVerificationException {
        try (WebhookReceiver receiver = sender.receiver(503, 200)) {
            // Given
            // The receiver wants to be left alone for longer than a second, so the second attempt has another
            // timestamp.
            receiver.answerWith(List.of(Answer.of(503).header("Retry-After", "2"), Answer.of(200)));
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();

            // When
            sender.request(request);

            // Then
            List<ReceivedRequest> received = receiver.awaitRequests(2, LIMIT);
            ReceivedRequest first = received.getFirst();
            ReceivedRequest second = received.getLast();
            verify(endpoint, first);
            verify(endpoint, second);
            assertEquals(first.bodyText(), second.bodyText());
            assertEquals(first.header("webhook-id"), second.header("webhook-id"));
            assertNotEquals(first.header("webhook-timestamp"), second.header("webhook-timestamp"));
            assertNotEquals(first.header("webhook-signature"), second.header("webhook-signature"));
            assertTrue(second.receivedNanos() - first.receivedNanos()
                    >= Duration.ofSeconds(2).toNanos());
            assertEquals(2, settled(request).getAttempts());
            JsonNode attempts = sender.shown(endpoint, request.getWebhookId()).get("attempts");
            assertEquals(503, attempts.get(0).get("status").asInt());
            assertEquals("status", attempts.get(0).get("error_class").asText());
            assertEquals(
                    "the receiver answered 503", attempts.get(0).get("reason").asText());
            assertEquals(200, attempts.get(1).get("status").asInt());
        }
    }

    @Test
    void failsVisiblyAfterFourAttempts() {
        try (WebhookReceiver receiver = sender.receiver(500)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();

            // When
            sender.request(request);

            // Then
            DeliverySettled settled = settled(request);
            assertEquals(DeliveryOutcome.FAILED, settled.getOutcome());
            assertEquals(4, settled.getAttempts());
            assertEquals("the receiver answered 500", settled.getReason().orElseThrow());
            ConsumerRecord<byte[], byte[]> dead = await().atMost(LIMIT)
                    .until(() -> sender.dead(request.getWebhookId()), records -> records.size() == 1)
                    .getFirst();
            assertEquals("4", header(dead, "attempt"));
            assertEquals("the receiver answered 500", header(dead, "last-error"));
            assertEquals(Topics.WEBHOOK_REQUESTED.name(), header(dead, "origin-topic"));
            assertEquals(4, receiver.received().size());
            JsonNode shown = sender.shown(endpoint, request.getWebhookId());
            assertEquals("failed", shown.get("state").asText());
            assertEquals("the receiver answered 500", shown.get("reason").asText());
            assertEquals(4, shown.get("attempts").size());
        }
    }

    @Test
    void putsAsideWhatItHasNoPlaceForAndSpendsNoAttempt() throws Exception {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();
            Delivery delivery = new Delivery(
                    Topics.WEBHOOK_RETRY_10S.name(),
                    0,
                    0,
                    endpoint.id().getBytes(UTF_8),
                    SenderService.encoded(request),
                    List.of(),
                    3,
                    Instant.parse("2026-04-17T12:00:00Z"),
                    Optional.empty());
            Outcome outcome;

            // When
            try (SenderService.Instance full = sender.another()) {
                full.part(EgressClient.class).close();
                outcome = full.part(WebhookDeliveryHandler.class).deliver(delivery);
            }

            // Then
            assertEquals(new Outcome.Park("no thread or connection of ours was free"), outcome);
            assertEquals(DeliveryOutcome.DELIVERED, settled(request).getOutcome());
            assertEquals(3, settled(request).getAttempts());
            assertEquals(1, receiver.received().size());
        }
    }

    /** As after a crash between the row that says so and the record on the dead topic. */
    @Test
    void buriesAgainWhatHasFailedAndDoesNotSendIt() {
        try (WebhookReceiver receiver = sender.receiver(500)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();
            sender.request(request);
            await().atMost(LIMIT).until(() -> sender.dead(request.getWebhookId()), dead -> dead.size() == 1);

            // When
            sender.request(request);

            // Then
            ConsumerRecord<byte[], byte[]> again = await().atMost(LIMIT)
                    .until(() -> sender.dead(request.getWebhookId()), dead -> dead.size() == 2)
                    .getLast();
            assertEquals("the receiver answered 500", header(again, "last-error"));
            assertEquals(4, receiver.received().size());
        }
    }

    @Test
    void settlesAgainAndDoesNotSendWhatIsSettled() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();
            sender.request(request);
            DeliverySettled first = settled(request);

            // When
            sender.request(request);

            // Then
            List<DeliverySettled> both = sender.awaitSettlements(request.getWebhookId(), 2);
            assertEquals(first, both.getLast());
            assertEquals(1, receiver.received().size());
        }
    }

    @Test
    void endsAtOnceAndDisablesTheEndpointWhenTheReceiverIsGone() {
        try (WebhookReceiver receiver = sender.receiver(410)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();

            // When
            sender.request(request);

            // Then
            DeliverySettled settled = settled(request);
            assertEquals(DeliveryOutcome.FAILED, settled.getOutcome());
            assertEquals(1, settled.getAttempts());
            JsonNode shown = json(sender.call("GET", endpoint.path(), ""));
            assertEquals("disabled", shown.get("status").asText());
            assertEquals(
                    "the receiver answered 410: this endpoint is gone",
                    shown.get("disabled_for").asText());
            await().atMost(LIMIT).until(() -> sender.dead(request.getWebhookId()), dead -> dead.size() == 1);
            assertEquals(1, receiver.received().size());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void followsNoRedirect(int status) {
        try (WebhookReceiver elsewhere = sender.receiver(200);
                WebhookReceiver receiver = sender.receiver(status)) {
            // Given
            receiver.answerWith(List.of(Answer.of(status).header("Location", elsewhere.url())));
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();

            // When
            sender.request(request);

            // Then
            DeliverySettled settled = settled(request);
            assertEquals(DeliveryOutcome.FAILED, settled.getOutcome());
            assertEquals(
                    "the receiver answered " + status + ", and redirects are not followed",
                    settled.getReason().orElseThrow());
            assertEquals(0, elsewhere.received().size());
        }
    }

    @Test
    void sendsNothingToAReceiverThatCannotProveItsName() {
        try (WebhookReceiver receiver = WebhookReceiver.answering(LocalAuthority.create(), 200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();

            // When
            sender.request(request);

            // Then
            assertEquals(
                    "the certificate is from no trusted authority",
                    settled(request).getReason().orElseThrow());
            assertEquals(0, receiver.received().size());
        }
    }

    @Test
    void endsADeliveryToAnEndpointThatDoesNotExist() {
        // Given
        WebhookRequested request =
                SenderService.request(new Registered(newOrg(), "WHnothing", "")).build();

        // When
        sender.request(request);

        // Then
        DeliverySettled settled = settled(request);
        assertEquals(DeliveryOutcome.FAILED, settled.getOutcome());
        assertEquals("endpoint deleted", settled.getReason().orElseThrow());
        assertEquals(0, settled.getAttempts());
    }

    @Test
    void sendsNothingOfOneOrganisationToTheEndpointOfAnother() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request =
                    SenderService.request(endpoint).setOrgId(newOrg()).build();

            // When
            sender.request(request);

            // Then
            assertEquals(DeliveryOutcome.FAILED, settled(request).getOutcome());
            assertEquals(0, receiver.received().size());
            assertTrue(sender.shown(endpoint, request.getWebhookId()).isMissingNode());
        }
    }

    @Test
    void keepsTheQueueOfADisabledEndpointAndDrainsItOnceEnabled() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            sender.call("POST", endpoint.path() + "/disable", "");
            WebhookRequested one = SenderService.request(endpoint).build();
            WebhookRequested another = SenderService.request(endpoint).build();
            sender.request(one);
            sender.request(another);
            for (WebhookRequested request : List.of(one, another)) {
                await().atMost(LIMIT)
                        .until(() -> sender.shown(endpoint, request.getWebhookId())
                                .path("state")
                                .asText()
                                .equals("parked"));
            }
            assertEquals(0, receiver.received().size());

            // When
            sender.call("POST", endpoint.path() + "/enable", "");

            // Then
            for (WebhookRequested request : List.of(one, another)) {
                assertEquals(DeliveryOutcome.DELIVERED, settled(request).getOutcome());
            }
            assertEquals(2, receiver.received().size());
        }
    }

    @Test
    void endsWhatWaitsForAnEndpointThatIsDeleted() {
        // Given
        Registered endpoint = sender.register(newOrg(), "https://hooks.example.com/");
        sender.call("POST", endpoint.path() + "/disable", "");
        WebhookRequested request = SenderService.request(endpoint).build();
        sender.request(request);
        await().atMost(LIMIT)
                .until(() -> sender.shown(endpoint, request.getWebhookId())
                        .path("state")
                        .asText()
                        .equals("parked"));

        // When
        sender.call("DELETE", endpoint.path(), "");

        // Then
        assertEquals("endpoint deleted", settled(request).getReason().orElseThrow());
    }

    @Test
    void comesBackFromABusyEndpointWithTheAttemptsThatItHasHad() throws InterruptedException {
        try (WebhookReceiver receiver = sender.receiver(500)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();
            Delivery crowdedOut = new Delivery(
                    Topics.WEBHOOK_RETRY_10S.name(),
                    0,
                    0,
                    endpoint.id().getBytes(UTF_8),
                    SenderService.encoded(request),
                    List.of(
                            new MessageHeader("attempt", "3".getBytes(UTF_8)),
                            new MessageHeader("first-attempt-at", "1776427200000".getBytes(UTF_8)),
                            new MessageHeader("deferred", "busy".getBytes(UTF_8))),
                    3,
                    Instant.parse("2026-04-17T12:00:00Z"),
                    Optional.of("the receiver answered 500"));

            // When
            boolean parked = sender.part(WebhookDeliveryHandler.class).park(crowdedOut, "key busy");

            // Then
            assertTrue(parked);
            assertEquals(4, settled(request).getAttempts());
            assertEquals(2, receiver.received().size());
            JsonNode attempts = sender.shown(endpoint, request.getWebhookId()).get("attempts");
            assertEquals(3, attempts.get(0).get("attempt").asInt());
            assertEquals(4, attempts.get(1).get("attempt").asInt());
            ConsumerRecord<byte[], byte[]> dead = await().atMost(LIMIT)
                    .until(() -> sender.dead(request.getWebhookId()), records -> records.size() == 1)
                    .getFirst();
            assertEquals("1776427200000", header(dead, "first-attempt-at"));
        }
    }

    @Test
    void putsIntoQuarantineWhatItCannotReadAndGoesOn() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            byte[] key = endpoint.id().getBytes(UTF_8);
            byte[] undecodable = "no avro".getBytes(UTF_8);
            WebhookRequested noObject =
                    SenderService.request(endpoint).setData("[1]").build();
            WebhookRequested before = SenderService.request(endpoint).build();
            WebhookRequested after = SenderService.request(endpoint).build();

            // When
            sender.request(before);
            sender.broker().send(Topics.WEBHOOK_REQUESTED.name(), key, undecodable);
            sender.request(noObject);
            sender.request(after);

            // Then
            assertEquals(DeliveryOutcome.DELIVERED, settled(before).getOutcome());
            assertEquals(DeliveryOutcome.DELIVERED, settled(after).getOutcome());
            List<ConsumerRecord<byte[], byte[]>> bad =
                    await().atMost(LIMIT).until(() -> quarantined(endpoint), records -> records.size() == 2);
            Set<String> reasons = new HashSet<>();
            for (ConsumerRecord<byte[], byte[]> record : bad) {
                reasons.add(header(record, "quarantine-reason"));
                assertEquals(Topics.WEBHOOK_REQUESTED.name(), header(record, "quarantine-topic"));
            }
            assertEquals(
                    Set.of("not in Avro single-object encoding (it starts with C3 01)", "data is not a JSON object"),
                    reasons);
            assertEquals(2, receiver.received().size());
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> quarantined(Registered endpoint) {
        return sender.broker().readAll(Topics.quarantineOf("webhook-sender").name()).stream()
                .filter(record -> new String(record.key(), UTF_8).equals(endpoint.id()))
                .toList();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Test
    void showsDeliveriesPageByPageTheNewestFirst() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                WebhookRequested request = SenderService.request(endpoint).build();
                sender.request(request);
                settled(request);
                sent.add(request.getWebhookId());
            }

            // When
            List<String> shown = new ArrayList<>();
            String cursor = "";
            do {
                JsonNode page = json(sender.call("GET", endpoint.path() + "/deliveries?limit=2" + cursor, ""));
                page.get("deliveries")
                        .forEach(it -> shown.add(it.get("webhook_id").asText()));
                cursor = page.has("next_cursor")
                        ? "&cursor=" + page.get("next_cursor").asText()
                        : "";
            } while (!cursor.isEmpty());

            // Then
            assertEquals(sent.reversed(), shown);
            assertEquals(
                    400,
                    sender.call("GET", endpoint.path() + "/deliveries?cursor=!", "")
                            .statusCode());
            assertEquals(
                    400,
                    sender.call("GET", endpoint.path() + "/deliveries?limit=101", "")
                            .statusCode());
        }
    }

    @Test
    void losesNothingWhenTheBrokerGoesAwayInTheMiddle() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            List<WebhookRequested> requests = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                requests.add(SenderService.request(endpoint).build());
            }
            receiver.hold();
            requests.forEach(sender::request);
            receiver.awaitRequests(5, LIMIT);

            // When
            sender.broker().stop();
            receiver.release();
            sender.broker().restart();

            // Then
            Set<String> delivered =
                    await().atMost(LIMIT).until(() -> sender.delivered(endpoint), ids -> ids.size() >= requests.size());
            assertEquals(requests.stream().map(WebhookRequested::getWebhookId).collect(Collectors.toSet()), delivered);
        }
    }

    @Test
    void losesNothingWhenTheDatabaseGoesAwayInTheMiddle() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested inTheMiddle = SenderService.request(endpoint).build();
            WebhookRequested meanwhile = SenderService.request(endpoint).build();
            receiver.hold();
            sender.request(inTheMiddle);
            receiver.awaitRequests(1, LIMIT);

            // When
            sender.postgres().stop();
            receiver.release();
            sender.request(meanwhile);
            sender.postgres().restart();

            // Then
            assertEquals(DeliveryOutcome.DELIVERED, settled(inTheMiddle).getOutcome());
            assertEquals(DeliveryOutcome.DELIVERED, settled(meanwhile).getOutcome());
        }
    }

    @Test
    void goesOnWithALadderAfterARestart() {
        try (WebhookReceiver receiver = sender.receiver(503)) {
            // Given
            receiver.answerWith(List.of(Answer.of(503).header("Retry-After", "2"), Answer.of(200)));
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();
            sender.request(request);
            receiver.awaitRequests(1, LIMIT);

            // When
            sender.restart();

            // Then
            DeliverySettled settled = settled(request);
            assertEquals(DeliveryOutcome.DELIVERED, settled.getOutcome());
            assertEquals(2, settled.getAttempts());
        }
    }
}
