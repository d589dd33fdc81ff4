package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.newOrg;
import static tocsin.sender.delivery.DeliveryRecords.header;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import tocsin.engine.Delivery;
import tocsin.engine.MessageHeader;
import tocsin.engine.Outcome;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.egress.EgressClient;
import tocsin.testsupport.WebhookReceiver;

/** What cannot be sent now waits with the attempts that it has had, and ends where its endpoint does. */
class ParkedDeliveriesTest {

    private final SenderService sender = SenderService.shared();

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
                assertEquals(DeliveryOutcome.DELIVERED, sender.settled(request).getOutcome());
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
        assertEquals("endpoint deleted", sender.settled(request).getReason().orElseThrow());
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
            assertEquals(4, sender.settled(request).getAttempts());
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
}
