package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.engine.Delivery;
import tocsin.engine.DeliveryHandler;
import tocsin.engine.Outcome;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.database.DatabaseClient;
import tocsin.testsupport.Answer;
import tocsin.testsupport.WebhookReceiver;

/** Receivers that ask for time, that fail for a while, and that fail for ever. */
class LeavesFailingEndpointsAloneTest {

    @SuppressWarnings("NullAway.Init")
    private static SenderService sender;

    @BeforeAll
    static void start() {
        sender = SenderService.shared();
    }

    private static DeliverySettled settled(WebhookRequested request) {
        return sender.awaitSettlements(request.getWebhookId(), 1).getFirst();
    }

    private static String reason(Registered endpoint, WebhookRequested request) {
        return sender.shown(endpoint, request.getWebhookId()).path("reason").asText();
    }

    private static JsonNode shown(Registered endpoint) {
        return json(sender.call("GET", endpoint.path(), ""));
    }

    /** The ladder's longest wait is 0.3 s here, and no more than 2 s are granted. */
    @ParameterizedTest
    @CsvSource({"2, 2000", "1, 1000", "999999, 2000", "date, 900"})
    void waitsInTheDatabaseForALongRetryAfter(String value, long leastMillis) {
        try (WebhookReceiver receiver = sender.receiver(429)) {
            // Given
            String asked = value.equals("date")
                    ? DateTimeFormatter.RFC_1123_DATE_TIME.format(
                            ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(2))
                    : value;
            receiver.answerWith(List.of(Answer.of(429).header("Retry-After", asked), Answer.of(200)));
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();

            // When
            sender.request(request);

            // Then
            await().atMost(LIMIT)
                    .until(() -> reason(endpoint, request)
                            .startsWith("the receiver answered 429 and asks to be left alone until 2"));
            assertEquals(
                    "parked",
                    sender.shown(endpoint, request.getWebhookId()).get("state").asText());
            assertEquals(2, settled(request).getAttempts());
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
            assertEquals(DeliveryOutcome.DELIVERED, settled(request).getOutcome());
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
            DeliverySettled settled = settled(request);
            assertEquals(DeliveryOutcome.FAILED, settled.getOutcome());
            assertEquals(4, settled.getAttempts());
            assertEquals(4, receiver.received().size());
        }
    }

    @Test
    void spendsNoAttemptsWhileAnEndpointFailsAndDeliversAllWhenItIsBack() {
        try (WebhookReceiver receiver = sender.receiver(500)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            hasFailed(endpoint, 29);
            List<WebhookRequested> requests = requests(endpoint, 10);

            // When
            requests.forEach(sender::request);

            // Then
            for (WebhookRequested request : requests) {
                await().atMost(LIMIT)
                        .until(() -> reason(endpoint, request)
                                .startsWith("the endpoint is left alone for a while: its last 3"));
            }
            // Each once before it was known, and one now and then.
            int spent = receiver.received().size();
            assertTrue(spent < 20, spent + " attempts");

            // When
            receiver.answerWith(List.of(Answer.of(200)));

            // Then
            for (WebhookRequested request : requests) {
                assertEquals(DeliveryOutcome.DELIVERED, settled(request).getOutcome());
            }
            assertTrue(receiver.received().size() < 30);
        }
    }

    @Test
    void tellsInTimeThatADeliveryDoesNotArrive() {
        try (WebhookReceiver receiver = sender.receiver(500)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            hasFailed(endpoint, 29);
            List<WebhookRequested> requests = requests(endpoint, 20);

            // When
            requests.forEach(sender::request);

            // Then
            for (WebhookRequested request : requests) {
                assertEquals(DeliveryOutcome.FAILED, settled(request).getOutcome());
            }
            assertTrue(requests.stream()
                    .map(request -> settled(request).getReason().orElseThrow())
                    .anyMatch(reason -> reason.startsWith("the endpoint is left alone for a while")));
            assertTrue(receiver.received().size() < 60, receiver.received().size() + " attempts");
        }
    }

    private static List<WebhookRequested> requests(Registered endpoint, int count) {
        return IntStream.range(0, count)
                .mapToObj(_ -> SenderService.request(endpoint).build())
                .toList();
    }

    @Test
    void disablesWhatHasFailedForDaysAndTellsTheOrganisationOnce() {
        try (WebhookReceiver receiver = sender.receiver(500)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested first = SenderService.request(endpoint).build();
            sender.request(first);
            settled(first);
            hasFailedForSixDays(endpoint);

            // When
            WebhookRequested second = SenderService.request(endpoint).build();
            sender.request(second);

            // Then
            await().atMost(LIMIT)
                    .until(() -> shown(endpoint).get("status").asText().equals("disabled"));
            String why = shown(endpoint).get("disabled_for").asText();
            assertTrue(why.startsWith("all attempts have failed since 20"), why);
            assertTrue(why.endsWith(", the last because the receiver answered 500"), why);
            await().atMost(LIMIT).until(() -> notices(endpoint), notices -> notices.size() == 1);
            PlatformEvent notice = notices(endpoint).getFirst();
            assertEquals("webhook.endpoint_disabled", notice.getType());
            assertEquals("{\"endpoint_id\":\"" + endpoint.id() + "\",\"reason\":\"" + why + "\"}", notice.getData());
            // What was under way waits for its owner, with all its attempts.
            await().atMost(LIMIT).until(() -> reason(endpoint, second).startsWith("endpoint disabled: all attempts"));

            // When it is mended
            receiver.answerWith(List.of(Answer.of(200)));
            sender.call("POST", endpoint.path() + "/enable", "");

            // Then
            assertEquals(DeliveryOutcome.DELIVERED, settled(second).getOutcome());
            assertEquals(1, notices(endpoint).size());
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
            settled(request);
            await().atMost(LIMIT).until(() -> notices(endpoint), notices -> notices.size() == 1);
        }
    }

    @Test
    void tellsTheOrganisationOnceThoughManyAttemptsAreAnsweredThatWay() {
        try (WebhookReceiver receiver = sender.receiver(410)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            List<WebhookRequested> requests = requests(endpoint, 8);
            receiver.hold();

            // When
            requests.forEach(sender::request);
            receiver.awaitRequests(8, LIMIT);
            receiver.release();

            // Then
            requests.forEach(request -> assertEquals(1, settled(request).getAttempts()));
            // Each goes out with the end of its delivery.
            assertEquals(1, notices(endpoint).size());
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
            CompletableFuture<Outcome> attempt = attemptTo(endpoint);
            receiver.awaitRequests(1, LIMIT);

            // When
            sender.call("PATCH", endpoint.path(), "{\"url\":\"https://new.example.com/\"}");
            receiver.release();

            // Then
            assertEquals(
                    outcome,
                    attempt.get(LIMIT.toSeconds(), TimeUnit.SECONDS).getClass().getSimpleName());
            assertEquals("enabled", shown(endpoint).get("status").asText());
            assertEquals(0, failures(endpoint));
            assertEquals(List.of(), notices(endpoint));
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
            attemptTo(endpoint).get(LIMIT.toSeconds(), TimeUnit.SECONDS);

            // Then
            assertEquals(failures, failures(endpoint));
        }
    }

    /** One attempt at a message that no topic has. */
    private static CompletableFuture<Outcome> attemptTo(Registered endpoint) {
        Delivery delivery = new Delivery(
                Topics.WEBHOOK_REQUESTED.name(),
                0,
                0,
                endpoint.id().getBytes(UTF_8),
                SenderService.encoded(SenderService.request(endpoint).build()),
                List.of(),
                1,
                Clock.systemUTC().instant(),
                Optional.empty());
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                outcome.complete(sender.part(DeliveryHandler.class).deliver(delivery));
            } catch (Exception e) {
                outcome.completeExceptionally(e);
            }
        });
        return outcome;
    }

    private static int failures(Registered endpoint) {
        return sender.part(DatabaseClient.class).inTransaction(connection -> {
            try (PreparedStatement query = connection.prepareStatement(
                    "select coalesce(sum(failures), 0) from endpoint_health where endpoint_id = ?")) {
                query.setString(1, endpoint.id());
                try (ResultSet row = query.executeQuery()) {
                    row.next();
                    return row.getInt(1);
                }
            }
        });
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
        assertEquals(List.of(), notices(endpoint));
    }

    private static void hasFailed(Registered endpoint, int times) {
        change(
                "insert into endpoint_health (failures, failing_since, endpoint_id) values (" + times + ", now(), ?)",
                endpoint);
    }

    private static void hasFailedForSixDays(Registered endpoint) {
        change(
                "update endpoint_health set failing_since = failing_since - interval '6 days' where endpoint_id = ?",
                endpoint);
    }

    private static void change(String sql, Registered endpoint) {
        int changed = sender.part(DatabaseClient.class).inTransaction(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, endpoint.id());
                return statement.executeUpdate();
            }
        });
        assertEquals(1, changed);
    }

    private static List<PlatformEvent> notices(Registered endpoint) {
        MessageCodec<PlatformEvent> codec = MessageCodec.of(PlatformEvent.class);
        return sender.broker().readAll(Topics.PLATFORM_EVENT.name()).stream()
                .filter(record -> Optional.ofNullable(record.key())
                        .filter(key -> new String(key, UTF_8).equals(endpoint.org()))
                        .isPresent())
                .map(record -> codec.decode(record.value()))
                .toList();
    }
}
