package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.newOrg;
import static tocsin.sender.delivery.DeliveryRecords.header;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import tocsin.engine.Delivery;
import tocsin.engine.Outcome;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.Deliveries;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.egress.EgressClient;
import tocsin.testsupport.WebhookReceiver;

/** What cannot be sent now waits with the attempts that it has had, and ends where its endpoint does. */
class ParkedDeliveriesTest {

    private static final Instant BEGAN = Instant.parse("2026-04-17T12:00:00Z");

    private final SenderService sender = SenderService.shared();

    private void awaitParked(Registered endpoint, WebhookRequested request) {
        await().atMost(LIMIT)
                .until(() -> sender.shown(endpoint, request.getWebhookId())
                        .path("state")
                        .asText()
                        .equals("parked"));
    }

    @Test
    void putsAsideWhatItHasNoPlaceForAndSpendsNoAttempt() throws Exception {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();
            Delivery delivery = Deliveries.of(Topics.WEBHOOK_RETRY_10S, request, 3, BEGAN);
            Outcome outcome;

            // When
            try (SenderService.Instance full = sender.another()) {
                full.part(EgressClient.class).close();
                outcome = full.part(WebhookDeliveryHandler.class).deliver(delivery);
            }

            // Then
            assertEquals(new Outcome.Park("no thread or connection of ours was free"), outcome);
            assertEquals(DeliveryOutcome.DELIVERED, sender.settled(request).getOutcome());
            assertEquals(3, sender.settled(request).getAttempts());
            assertEquals(1, receiver.received().size());
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
            awaitParked(endpoint, one);
            awaitParked(endpoint, another);
            assertEquals(0, receiver.received().size());

            // When
            sender.call("POST", endpoint.path() + "/enable", "");

            // Then
            for (WebhookRequested request : List.of(one, another)) {
                assertEquals(DeliveryOutcome.DELIVERED, sender.settled(request).getOutcome());
            }
            assertEquals(2, receiver.received().size());
        }
    }

    /** It was requested while there was one. */
    @Test
    void drainsWhatIsOwedToWhoHasLostTheEntitlement() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            sender.call("POST", endpoint.path() + "/disable", "");
            WebhookRequested request = SenderService.request(endpoint).build();
            sender.request(request);
            awaitParked(endpoint, request);
            sender.entitle(endpoint.org(), false);
            sender.awaitRefused(endpoint.org());

            // When
            HttpResponse<String> answer = sender.call("POST", endpoint.path() + "/enable", "");

            // Then
            assertEquals(200, answer.statusCode(), answer.body());
            assertEquals(DeliveryOutcome.DELIVERED, sender.settled(request).getOutcome());
            assertEquals(1, receiver.received().size());
        }
    }

    @Test
    void endsWhatWaitsForAnEndpointThatIsDeleted() {
        // Given
        Registered endpoint = sender.register(newOrg(), "https://hooks.example.com/");
        sender.call("POST", endpoint.path() + "/disable", "");
        WebhookRequested request = SenderService.request(endpoint).build();
        sender.request(request);
        awaitParked(endpoint, request);

        // When
        sender.call("DELETE", endpoint.path(), "");

        // Then
        assertEquals("endpoint deleted", sender.settled(request).getReason().orElseThrow());
    }

    @Test
    void comesBackFromABusyEndpointWithTheAttemptsThatItHasHad() throws InterruptedException {
        try (WebhookReceiver receiver = sender.receiver(500)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();
            Delivery crowdedOut =
                    Deliveries.of(Topics.WEBHOOK_RETRY_10S, request, 3, BEGAN, Deliveries.header("deferred", "busy"));

            // When
            boolean parked = sender.part(WebhookDeliveryHandler.class).park(crowdedOut, "key busy");

            // Then
            assertTrue(parked);
            assertEquals(4, sender.settled(request).getAttempts());
            assertEquals(2, receiver.received().size());
            JsonNode attempts = sender.shown(endpoint, request.getWebhookId()).get("attempts");
            assertEquals(3, attempts.get(0).get("attempt").asInt());
            assertEquals(4, attempts.get(1).get("attempt").asInt());
            ConsumerRecord<byte[], byte[]> dead = await().atMost(LIMIT)
                    .until(() -> sender.dead(request.getWebhookId()), records -> records.size() == 1)
                    .getFirst();
            assertEquals(Long.toString(BEGAN.toEpochMilli()), header(dead, "first-attempt-at"));
        }
    }
}
