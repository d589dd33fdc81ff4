package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.engine.DeliveryHandler;
import tocsin.engine.Outcome;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.Deliveries;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.service.tracing.TraceParent;
import tocsin.service.tracing.Tracing;
import tocsin.testsupport.Answer;
import tocsin.testsupport.WebhookReceiver;

/** Endpoints that nobody seems to care for any more: they are disabled, and their organisation hears of it once. */
class TellsOfWhatItDisablesTest {

    /** To an endpoint that has not answered yet. */
    private static final int AT_A_TIME = 4;

    private final SenderService sender = SenderService.shared();
    private final FailingEndpoints failing = new FailingEndpoints(sender);

    private JsonNode shown(Registered endpoint) {
        return json(sender.call("GET", endpoint.path(), ""));
    }

    @Test
    void disablesWhatHasFailedForDaysAndTellsTheOrganisationOnce() {
        try (WebhookReceiver receiver = sender.receiver(500)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested first = SenderService.request(endpoint).build();
            sender.request(first);
            sender.settled(first);
            failing.hasFailedForSixDays(endpoint);

            // When
            WebhookRequested second = SenderService.request(endpoint).build();
            sender.request(second);

            // Then
            await().atMost(LIMIT)
                    .until(() -> shown(endpoint).get("status").asText().equals("disabled"));
            String why = shown(endpoint).get("disabled_for").asText();
            assertTrue(why.startsWith("all attempts have failed since 20"), why);
            assertTrue(why.endsWith(", the last because the receiver answered 500"), why);
            await().atMost(LIMIT).until(() -> failing.notices(endpoint), notices -> notices.size() == 1);
            PlatformEvent notice = failing.notices(endpoint).getFirst();
            assertEquals("webhook.endpoint_disabled", notice.getType());
            assertEquals("{\"endpoint_id\":\"" + endpoint.id() + "\",\"reason\":\"" + why + "\"}", notice.getData());
            // What was under way waits for its owner, with all its attempts.
            await().atMost(LIMIT)
                    .until(() -> failing.reason(endpoint, second).startsWith("endpoint disabled: all attempts"));

            // When it is mended
            receiver.answerWith(List.of(Answer.of(200)));
            sender.call("POST", endpoint.path() + "/enable", "");

            // Then
            assertEquals(DeliveryOutcome.DELIVERED, sender.settled(second).getOutcome());
            assertEquals(1, failing.notices(endpoint).size());
        }
    }

    @Test
    void tellsTheOrganisationOfAReceiverThatIsGone() {
        try (WebhookReceiver receiver = sender.receiver(410)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();

            // When
            sender.request(request);

            // Then
            sender.settled(request);
            await().atMost(LIMIT).until(() -> failing.notices(endpoint), notices -> notices.size() == 1);
        }
    }

    @Test
    void tellsTheOrganisationOnceThoughManyAttemptsAreAnsweredThatWay() {
        try (WebhookReceiver receiver = sender.receiver(410)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            List<WebhookRequested> requests = failing.requests(endpoint, AT_A_TIME);
            receiver.hold();

            // When
            requests.forEach(sender::request);
            receiver.awaitRequests(AT_A_TIME, LIMIT);
            receiver.release();

            // Then
            requests.forEach(request -> assertEquals(1, sender.settled(request).getAttempts()));
            // Each goes out with the end of its delivery.
            assertEquals(1, failing.notices(endpoint).size());
        }
    }

    /** The thread that disables it may be another one: many attempts are judged together. */
    @ParameterizedTest
    @ValueSource(ints = {410, 500})
    void namesTheAttemptThatDecidedItAsTheCause(int status) throws Exception {
        try (WebhookReceiver receiver = sender.receiver(status)) {
            // Given
            String traceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
            Registered endpoint = sender.register(newOrg(), receiver.url());
            failing.hasFailed(endpoint, 1);
            failing.hasFailedForSixDays(endpoint);

            // When
            new TracedHandler(sender.part(DeliveryHandler.class), Tracing.off())
                    .deliver(Deliveries.of(
                            Topics.WEBHOOK_REQUESTED,
                            SenderService.request(endpoint).build(),
                            1,
                            Clock.systemUTC().instant(),
                            Deliveries.header(TraceParent.HEADER, traceParent)));

            // Then
            ConsumerRecord<byte[], byte[]> notice = await().atMost(LIMIT)
                    .until(() -> failing.noticeRecords(endpoint), records -> records.size() == 1)
                    .getFirst();
            assertEquals(Optional.of(new TraceParent(traceParent)), TraceParent.in(notice.headers()));
        }
    }

    /** What the old place answers late is no word on the new one. */
    @ParameterizedTest
    @CsvSource({"410, Dead", "500, RetryLater"})
    void holdsNothingAgainstAnEndpointThatLeadsElsewhereByNow(int status, String outcome) throws Exception {
        try (WebhookReceiver receiver = sender.receiver(status)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            receiver.hold();
            CompletableFuture<Outcome> attempt = failing.attemptTo(endpoint);
            receiver.awaitRequests(1, LIMIT);

            // When
            sender.call("PATCH", endpoint.path(), "{\"url\":\"https://new.example.com/\"}");
            receiver.release();

            // Then
            assertEquals(
                    outcome,
                    attempt.get(LIMIT.toSeconds(), TimeUnit.SECONDS).getClass().getSimpleName());
            assertEquals("enabled", shown(endpoint).get("status").asText());
            assertEquals(0, failing.failures(endpoint));
            assertEquals(List.of(), failing.notices(endpoint));
        }
    }

    /** A manager who disables it knows. */
    @Test
    void tellsNobodyOfWhatAManagerDoes() {
        // Given
        Registered endpoint = sender.register(newOrg(), "https://hooks.example.com/");

        // When
        sender.call("POST", endpoint.path() + "/disable", "");

        // Then
        assertEquals("disabled", shown(endpoint).get("status").asText());
        assertEquals(List.of(), failing.notices(endpoint));
    }
}
