package tocsin.sender.replay;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.engine.DeliveryHandler;
import tocsin.engine.Outcome;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.Deliveries;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.database.DatabaseClient;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.sender.deliverylog.PayloadRepository;
import tocsin.sender.deliverylog.RoundRepository;
import tocsin.sender.endpoint.EndpointRegistry;
import tocsin.testsupport.Answer;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

/** A person sends a delivery again. */
class ResendTest {

    private final SenderService sender = SenderService.shared();
    private final String org = newOrg();

    private HttpResponse<String> resend(WebhookRequested request) {
        return sender.call("POST", path(request) + "/resend", "");
    }

    private String path(WebhookRequested request) {
        return "/v1/orgs/" + org + "/deliveries/" + request.getWebhookId();
    }

    private JsonNode delivery(WebhookRequested request) {
        return json(sender.call("GET", path(request), "")).get("delivery");
    }

    private WebhookRequested settled(Registered endpoint) {
        WebhookRequested request = SenderService.request(endpoint).build();
        sender.request(request);
        sender.awaitSettlements(request.getWebhookId(), 1);
        return request;
    }

    private static List<String> triggers(JsonNode delivery) {
        List<String> triggers = new ArrayList<>();
        delivery.get("attempts").forEach(it -> triggers.add(it.get("trigger").asText()));
        return triggers;
    }

    @Test
    void bringsWhatFailedWithTheSameIdAndBody() {
        try (WebhookReceiver receiver = sender.receiver(500)) {
            // Given
            Registered endpoint = sender.register(org, receiver.url());
            WebhookRequested request = settled(endpoint);
            receiver.answerWith(List.of(Answer.of(503), Answer.of(200)));

            // When
            HttpResponse<String> answer = resend(request);

            // Then
            assertEquals(202, answer.statusCode());
            List<DeliverySettled> settlements = sender.awaitSettlements(request.getWebhookId(), 2);
            assertEquals(DeliveryOutcome.FAILED, settlements.getFirst().getOutcome());
            assertEquals(DeliveryOutcome.DELIVERED, settlements.getLast().getOutcome());
            assertEquals(6, settlements.getLast().getAttempts());
            List<ReceivedRequest> received = receiver.received();
            assertEquals(6, received.size());
            assertEquals(
                    1,
                    received.stream().map(ReceivedRequest::bodyText).distinct().count());
            assertEquals(
                    1,
                    received.stream()
                            .map(it -> it.header("webhook-id"))
                            .distinct()
                            .count());
            JsonNode delivery = delivery(request);
            assertEquals("delivered", delivery.get("state").asText());
            assertEquals(List.of("first", "retry", "retry", "retry", "resend", "retry"), triggers(delivery));
            assertEquals(
                    1,
                    delivery.at("/attempts/4/attempt").asInt(),
                    delivery.at("/attempts/4").toString());
        }
    }

    @Test
    void sendsAgainWhatHasArrivedAndLeavesItDeliveredThoughThatFails() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(org, receiver.url());
            WebhookRequested request = settled(endpoint);
            receiver.answerWith(List.of(Answer.of(500)));

            // When
            resend(request);

            // Then
            DeliverySettled last =
                    sender.awaitSettlements(request.getWebhookId(), 2).getLast();
            assertEquals(DeliveryOutcome.DELIVERED, last.getOutcome());
            assertEquals(5, receiver.received().size());
            JsonNode delivery = delivery(request);
            assertEquals("delivered", delivery.get("state").asText());
            assertEquals(5, delivery.get("attempts").size());
        }
    }

    @Test
    void sendsOnceForADoubleClickAndForARecordThatComesTwice() throws Exception {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(org, receiver.url());
            WebhookRequested request = settled(endpoint);

            // When
            JsonNode first = json(resend(request));
            JsonNode second = json(resend(request));
            sender.awaitSettlements(request.getWebhookId(), 2);
            JsonNode third = json(resend(request));
            Outcome repeated = sender.part(DeliveryHandler.class)
                    .deliver(Deliveries.of(
                            Topics.WEBHOOK_REQUESTED,
                            request,
                            1,
                            Clock.systemUTC().instant(),
                            Deliveries.header("round", "1"),
                            Deliveries.header("round-trigger", "resend")));

            // Then
            assertEquals(
                    List.of(true, false, false),
                    List.of(first, second, third).stream()
                            .map(it -> it.get("begun").asBoolean())
                            .toList());
            assertInstanceOf(Outcome.Done.class, repeated);
            assertEquals(2, receiver.received().size());
        }
    }

    @Test
    void saysWhyItCannot() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(org, receiver.url());
            WebhookRequested request = settled(endpoint);

            // Then
            assertEquals(
                    404,
                    sender.call(
                                    "POST",
                                    "/v1/orgs/" + newOrg() + "/deliveries/" + request.getWebhookId() + "/resend",
                                    "")
                            .statusCode());
            sender.call("POST", endpoint.path() + "/disable", "");
            assertEquals(
                    "Its endpoint is disabled; enable it first.",
                    json(resend(request)).get("detail").asText());
            sender.call("DELETE", endpoint.path(), "");
            assertEquals(
                    "Its endpoint has been deleted.",
                    json(resend(request)).get("detail").asText());
            assertEquals(409, resend(request).statusCode());
            assertEquals(1, receiver.received().size());
        }
    }

    @Test
    void isLimitedToSoManyAMinute() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(org, receiver.url());
            Resending resending = new Resending(
                    sender.part(EndpointRegistry.class),
                    sender.part(PayloadRepository.class),
                    sender.part(RoundRepository.class),
                    sender.part(Rounds.class),
                    sender.part(DatabaseClient.class),
                    new ReplayConfig(2, 50),
                    Clock.systemUTC());
            List<Class<?>> came = new ArrayList<>();

            // When
            for (int i = 0; i < 3; i++) {
                WebhookRequested request = settled(endpoint);
                came.add(resending
                        .resend(new LoggedDelivery(
                                request.getWebhookId(),
                                endpoint.id(),
                                request.getNotificationId(),
                                org,
                                request.getType()))
                        .getClass());
            }

            // Then
            assertEquals(
                    List.of(Resending.Resend.Begun.class, Resending.Resend.Begun.class, Resending.Resend.TooMany.class),
                    came);
            await().atMost(LIMIT).until(() -> receiver.received().size() == 5);
        }
    }
}
