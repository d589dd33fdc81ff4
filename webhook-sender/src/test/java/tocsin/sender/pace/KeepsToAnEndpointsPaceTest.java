package tocsin.sender.pace;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.sender.database.DatabaseClient;
import tocsin.testsupport.WebhookReceiver;

class KeepsToAnEndpointsPaceTest {

    private static final String URL = "https://hooks.example.com/tocsin";

    private final SenderService sender = SenderService.shared();

    private HttpResponse<String> change(Registered endpoint, int maxPerSecond) {
        return sender.call("PATCH", endpoint.path(), "{\"max_per_second\": " + maxPerSecond + "}");
    }

    @Test
    void bringsNoMoreInASecondThanItsOwnerWantsAndSpendsNoAttempt() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            change(endpoint, 2);
            List<WebhookRequested> requests = IntStream.range(0, 6)
                    .mapToObj(_ -> SenderService.request(endpoint).build())
                    .toList();

            // When
            requests.forEach(sender::request);

            // Then
            await().atMost(LIMIT)
                    .until(() -> requests.stream().anyMatch(request -> {
                        JsonNode shown = sender.shown(endpoint, request.getWebhookId());
                        return shown.path("state").asText().equals("parked")
                                && shown.path("reason")
                                        .asText()
                                        .equals("the endpoint gets at most 2 attempts a second");
                    }));
            await().atMost(LIMIT).until(() -> sender.delivered(endpoint).size() == requests.size());
            var received = receiver.received();
            assertEquals(requests.size(), received.size());
            // Six in three seconds of the clock, of which two may be cut short.
            long took = received.getLast().receivedNanos() - received.getFirst().receivedNanos();
            assertTrue(took > Duration.ofSeconds(1).toNanos(), "took " + took);
            for (WebhookRequested request : requests) {
                assertEquals(
                        1,
                        sender.awaitSettlements(request.getWebhookId(), 1)
                                .getFirst()
                                .getAttempts());
            }
        }
    }

    @Test
    void isSetShownChangedAndLifted() {
        // Given
        String org = sender.entitledOrg();
        HttpResponse<String> answer = sender.call(
                "POST", "/v1/orgs/" + org + "/webhook-endpoints", "{\"url\": \"" + URL + "\", \"max_per_second\": 7}");
        Registered endpoint = new Registered(org, json(answer).get("id").asText(), "");

        // Then
        assertEquals(7, json(answer).get("max_per_second").asInt());
        assertEquals(
                7,
                json(sender.call("GET", endpoint.path(), ""))
                        .get("max_per_second")
                        .asInt());
        assertEquals(
                7,
                json(sender.call("PATCH", endpoint.path(), "{\"description\": \"on call\"}"))
                        .get("max_per_second")
                        .asInt());
        assertEquals(9, json(change(endpoint, 9)).get("max_per_second").asInt());
        assertEquals(3, granted(endpoint, 3));
        assertFalse(json(change(endpoint, 0)).has("max_per_second"));
        assertEquals(Map.of(), sender.part(PaceRepository.class).take(Map.of(endpoint.id(), 3), Instant.EPOCH));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1001})
    void refusesWhatIsNoPace(int maxPerSecond) {
        // Given
        Registered endpoint = sender.register(newOrg(), URL);

        // When
        HttpResponse<String> answer = change(endpoint, maxPerSecond);

        // Then
        assertEquals(422, answer.statusCode());
        assertTrue(answer.body().contains("max_per_second is from 1 to 1000"), answer.body());
    }

    private int granted(Registered endpoint, int wanted) {
        return Objects.requireNonNull(sender.part(PaceRepository.class)
                        .take(Map.of(endpoint.id(), wanted), Instant.EPOCH)
                        .get(endpoint.id()))
                .granted();
    }

    /** As instances do: each takes in a transaction of its own. */
    @Test
    void countsOnceWhateverManyTakeAtTheSameTime() throws InterruptedException, ExecutionException {
        // Given
        Registered endpoint = sender.register(newOrg(), URL);
        change(endpoint, 60);
        DatabaseClient database = sender.part(DatabaseClient.class);

        // When
        int granted = 0;
        try (ExecutorService instances = Executors.newFixedThreadPool(4)) {
            List<Future<Integer>> takers = IntStream.range(0, 4)
                    .mapToObj(_ -> instances.submit(() -> IntStream.range(0, 25)
                            .map(_ -> database.inTransaction(_ -> granted(endpoint, 1)))
                            .sum()))
                    .toList();
            for (Future<Integer> taker : takers) {
                granted += taker.get();
            }
        }

        // Then
        assertEquals(60, granted);
    }
}
