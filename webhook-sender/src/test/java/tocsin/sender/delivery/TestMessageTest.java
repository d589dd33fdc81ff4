package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.deliverylog.DeliveryLog;
import tocsin.sender.egress.EgressConfig;
import tocsin.sender.endpoint.EndpointRegistry;
import tocsin.sender.endpoint.EndpointSecrets;
import tocsin.testsupport.Answer;
import tocsin.testsupport.MovableClock;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

class TestMessageTest {

    private final SenderService sender = SenderService.shared();

    private HttpResponse<String> test(Registered endpoint) {
        return sender.call("POST", endpoint.path() + "/test", "");
    }

    @Test
    void showsTheRequestAsItWasReceivedAndTheAnswerAsItWasGiven() throws WebhookVerificationException {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            receiver.answerWith(List.of(Answer.of(202).header("X-Reply", "thanks")));
            Registered endpoint = sender.register(SenderService.newOrg(), receiver.url());

            // When
            JsonNode report = json(test(endpoint));

            // Then
            ReceivedRequest received = receiver.received().getFirst();
            JsonNode request = report.get("request");
            assertEquals(receiver.url(), request.get("url").asText());
            assertEquals(received.bodyText(), request.get("body").asText());
            assertTrue(
                    received.bodyText().startsWith("{\"type\":\"webhook.test\",\"timestamp\":\""), received.bodyText());
            for (String name : List.of("webhook-id", "webhook-timestamp", "webhook-signature")) {
                assertEquals(
                        received.header(name).orElseThrow(),
                        request.get("headers").get(name).asText());
            }
            assertEquals(report.get("webhook_id"), request.get("headers").get("webhook-id"));
            new Webhook(endpoint.secret())
                    .verify(received.bodyText(), HttpHeaders.of(received.headers(), (_, _) -> true));
            assertTrue(report.get("delivered").asBoolean());
            assertEquals(202, report.at("/response/status").asInt());
            assertTrue(report.at("/response/headers").toString().contains("\"thanks\""), report::toString);
            assertFalse(report.has("error_class"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "500, status, the receiver answered 500",
        "410, status, the receiver answered 410: this endpoint is gone"
    })
    void changesNothingWhateverTheReceiverAnswers(int status, String errorClass, String reason) {
        try (WebhookReceiver receiver = sender.receiver(status)) {
            // Given
            Registered endpoint = sender.register(SenderService.newOrg(), receiver.url());
            JsonNode before = json(sender.call("GET", endpoint.path(), ""));

            // When
            JsonNode report = json(test(endpoint));

            // Then
            assertFalse(report.get("delivered").asBoolean());
            assertEquals(errorClass, report.get("error_class").asText());
            assertEquals(reason, report.get("reason").asText());
            assertEquals(before, json(sender.call("GET", endpoint.path(), "")));
            assertEquals(1, receiver.received().size());
            JsonNode log = json(sender.call("GET", endpoint.path() + "/deliveries", ""));
            assertEquals("failed", log.at("/deliveries/0/state").asText());
            assertEquals("test", log.at("/deliveries/0/attempts/0/trigger").asText());
            assertEquals(report.get("webhook_id"), log.at("/deliveries/0/webhook_id"));
            assertEquals(List.of(), sender.settlements(report.get("webhook_id").asText()));
        }
    }

    @Test
    void reachesADisabledEndpointToo() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(SenderService.newOrg(), receiver.url());
            sender.call("POST", endpoint.path() + "/disable", "");

            // Then
            assertTrue(json(test(endpoint)).get("delivered").asBoolean());
        }
    }

    @Test
    void saysWhyNobodyAnswered() {
        // Given
        WebhookReceiver receiver = sender.receiver(200);
        Registered endpoint = sender.register(SenderService.newOrg(), receiver.url());
        receiver.close();

        // When
        JsonNode report = json(test(endpoint));

        // Then
        assertFalse(report.has("response"));
        assertEquals("connect", report.get("error_class").asText());
        assertEquals("the connection was refused", report.get("reason").asText());
    }

    @Test
    void sendsOneAtATimeWhicheverInstanceIsAsked() throws Exception {
        try (WebhookReceiver receiver = sender.receiver(200);
                SenderService.Instance other = sender.another();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given
            Registered endpoint = sender.register(SenderService.newOrg(), receiver.url());
            receiver.hold();
            Future<HttpResponse<String>> first = threads.submit(() -> test(endpoint));
            receiver.awaitRequests(1, SenderService.LIMIT);

            // When
            HttpResponse<String> second = test(endpoint);
            TestMessages.Tested elsewhere = other.part(TestMessages.class).send(endpoint.org(), endpoint.id());

            // Then
            assertEquals(409, second.statusCode(), second.body());
            assertEquals(new TestMessages.Tested.NotYet(), elsewhere);
            receiver.release();
            assertEquals(200, first.get().statusCode());
            assertEquals(1, receiver.received().size());
            await().atMost(SenderService.LIMIT).until(() -> test(endpoint).statusCode() == 200);
        }
    }

    @Test
    void leavesASecondBetweenThem() throws InterruptedException {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(SenderService.newOrg(), receiver.url());
            MovableClock clock = MovableClock.at("2026-04-17T12:00:00Z");
            TestMessages messages = with(clock);
            messages.send(endpoint.org(), endpoint.id());

            // When
            clock.advance(TestMessages.PAUSE.minusMillis(1));
            TestMessages.Tested tooSoon = messages.send(endpoint.org(), endpoint.id());
            clock.advance(Duration.ofMillis(1));
            TestMessages.Tested inTime = messages.send(endpoint.org(), endpoint.id());

            // Then
            assertEquals(new TestMessages.Tested.NotYet(), tooSoon);
            assertInstanceOf(TestMessages.Tested.Sent.class, inTime);
            assertEquals(2, receiver.received().size());
        }
    }

    @Test
    void givesUpAnInstanceThatDiedInMidWork() throws InterruptedException {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(SenderService.newOrg(), receiver.url());
            MovableClock clock = MovableClock.at("2026-04-17T12:00:00Z");
            sender.part(EndpointRegistry.class)
                    .beginTest(endpoint.id(), clock.instant(), clock.instant().plusSeconds(22));

            // When
            clock.advance(Duration.ofSeconds(22));

            // Then
            assertInstanceOf(TestMessages.Tested.Sent.class, with(clock).send(endpoint.org(), endpoint.id()));
        }
    }

    private TestMessages with(Clock clock) {
        return new TestMessages(
                sender.part(EndpointRegistry.class),
                sender.part(EndpointSecrets.class),
                sender.part(Attempting.class),
                sender.part(DeliveryLog.class),
                sender.part(EgressConfig.class),
                clock);
    }
}
