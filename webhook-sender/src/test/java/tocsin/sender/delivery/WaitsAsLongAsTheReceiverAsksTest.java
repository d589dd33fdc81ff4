package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.newOrg;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.Answer;
import tocsin.testsupport.WebhookReceiver;

/** Receivers that answer with a {@code Retry-After}. */
class WaitsAsLongAsTheReceiverAsksTest {

    private final SenderService sender = SenderService.shared();
    private final FailingEndpoints failing = new FailingEndpoints(sender);

    /** The ladder's longest wait is 0.3 s here, and no more than 2 s are granted. */
    @ParameterizedTest
    @CsvSource({"2, 2000", "1, 1000", "999999, 2000", "date, 900"})
    void waitsInTheDatabaseForALongRetryAfter(String value, long leastMillis) {
        try (WebhookReceiver receiver = sender.receiver(429)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            // Of whole seconds: two at least from now, and an attempt takes its time.
            String asked = value.equals("date")
                    ? DateTimeFormatter.RFC_1123_DATE_TIME.format(
                            ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(3))
                    : value;
            receiver.answerWith(List.of(Answer.of(429).header("Retry-After", asked), Answer.of(200)));
            WebhookRequested request = SenderService.request(endpoint).build();

            // When
            sender.request(request);

            // Then
            JsonNode parked = await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(20))
                    .until(
                            () -> sender.shown(endpoint, request.getWebhookId()),
                            it -> it.path("state").asText().equals("parked"));
            String reason = parked.get("reason").asText();
            assertTrue(reason.startsWith("the receiver answered 429 and asks to be left alone until 2"), reason);
            assertEquals(2, sender.settled(request).getAttempts());
            var received = receiver.received();
            assertEquals(2, received.size());
            assertTrue(received.getLast().receivedNanos() - received.getFirst().receivedNanos()
                    >= Duration.ofMillis(leastMillis).toNanos());
            assertEquals(
                    2,
                    sender.shown(endpoint, request.getWebhookId())
                            .get("attempts")
                            .size());
        }
    }

    @ParameterizedTest
    @CsvSource({"-1", "soon", "0", "'Thu, 01 Jan 1970 00:00:00 GMT'", "1.5"})
    void goesByTheLadderWhereRetryAfterAsksForNothing(String value) {
        try (WebhookReceiver receiver = sender.receiver(429)) {
            // Given
            receiver.answerWith(List.of(Answer.of(429).header("Retry-After", value), Answer.of(200)));
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();

            // When
            sender.request(request);

            // Then
            assertEquals(DeliveryOutcome.DELIVERED, sender.settled(request).getOutcome());
            assertEquals(2, receiver.received().size());
        }
    }

    @Test
    void endsWithTheLastAttemptWhateverTheReceiverAsksFor() {
        try (WebhookReceiver receiver = sender.receiver(429)) {
            // Given
            receiver.answerWith(List.of(Answer.of(429).header("Retry-After", "1")));
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();

            // When
            sender.request(request);

            // Then
            DeliverySettled settled = sender.settled(request);
            assertEquals(DeliveryOutcome.FAILED, settled.getOutcome());
            assertEquals(4, settled.getAttempts());
            assertEquals(4, receiver.received().size());
        }
    }

    @ParameterizedTest
    @CsvSource({"429, 1, 0", "503, 0, 0", "500, 1, 1", "429, , 1", "503, soon, 1"})
    void holdsNoFailureAgainstAReceiverThatSaysWhenItHasTime(int status, @Nullable String retryAfter, int failures)
            throws Exception {
        try (WebhookReceiver receiver = sender.receiver(status)) {
            // Given
            Answer answer = Answer.of(status);
            receiver.answerWith(List.of(retryAfter == null ? answer : answer.header("Retry-After", retryAfter)));
            Registered endpoint = sender.register(newOrg(), receiver.url());

            // When
            failing.attemptTo(endpoint).get(LIMIT.toSeconds(), TimeUnit.SECONDS);

            // Then
            assertEquals(failures, failing.failures(endpoint));
        }
    }
}
