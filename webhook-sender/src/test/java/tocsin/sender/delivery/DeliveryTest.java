package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;
import static tocsin.sender.delivery.DeliveryRecords.header;

import com.fasterxml.jackson.databind.JsonNode;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.Answer;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

/** From the request on Kafka to the receiver and back, on real parts. */
class DeliveryTest {

    private final SenderService sender = SenderService.shared();

    private static void verify(Registered endpoint, ReceivedRequest request) throws WebhookVerificationException {
        new Webhook(endpoint.secret()).verify(request.bodyText(), HttpHeaders.of(request.headers(), (_, _) -> true));
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
            DeliverySettled settled = sender.settled(request);
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
            assertEquals(2, sender.settled(request).getAttempts());
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
            DeliverySettled settled = sender.settled(request);
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
            DeliverySettled first = sender.settled(request);

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
            DeliverySettled settled = sender.settled(request);
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
            DeliverySettled settled = sender.settled(request);
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
                    sender.settled(request).getReason().orElseThrow());
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
        DeliverySettled settled = sender.settled(request);
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
            assertEquals(DeliveryOutcome.FAILED, sender.settled(request).getOutcome());
            assertEquals(0, receiver.received().size());
            assertTrue(sender.shown(endpoint, request.getWebhookId()).isMissingNode());
        }
    }
}
