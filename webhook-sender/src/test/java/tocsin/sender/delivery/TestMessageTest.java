package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.Answer;
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
            assertEquals(0, log.get("deliveries").size());
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
    void sendsOneAtATime() throws Exception {
        try (WebhookReceiver receiver = sender.receiver(200);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // Given
            Registered endpoint = sender.register(SenderService.newOrg(), receiver.url());
            receiver.hold();
            Future<HttpResponse<String>> first = threads.submit(() -> test(endpoint));
            await().atMost(SenderService.LIMIT)
                    .until(() -> sender.part(TestMessages.class).isUnderWay(endpoint.id()));

            // When
            HttpResponse<String> second = test(endpoint);

            // Then
            assertEquals(409, second.statusCode(), second.body());
            receiver.release();
            assertEquals(200, first.get().statusCode());
            assertEquals(200, test(endpoint).statusCode());
        }
    }
}
