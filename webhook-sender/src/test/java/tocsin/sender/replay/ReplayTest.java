package tocsin.sender.replay;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.Answer;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

/** A person sends a range of deliveries again. */
class ReplayTest {

    private static final String SINCE = "2026-01-01T00:00:00Z";

    private final SenderService sender = SenderService.shared();
    private final String org = newOrg();

    private JsonNode ask(Registered endpoint, String more) {
        return json(sender.call(
                "POST",
                "/v1/orgs/" + org + "/replays",
                "{\"endpoint_id\":\"" + endpoint.id() + "\",\"since\":\"" + SINCE + "\"" + more + "}"));
    }

    private JsonNode replay(JsonNode started) {
        return json(sender.call(
                "GET", "/v1/orgs/" + org + "/replays/" + started.get("id").asText(), ""));
    }

    private JsonNode awaitEnd(JsonNode started) {
        return await().atMost(LIMIT)
                .until(() -> replay(started), it -> !it.get("state").asText().equals("running"));
    }

    private List<String> settled(Registered endpoint, int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            WebhookRequested request = SenderService.request(endpoint).build();
            sender.request(request);
            ids.add(request.getWebhookId());
        }
        ids.forEach(id -> sender.awaitSettlements(id, 1));
        return ids;
    }

    private static Set<String> ids(List<ReceivedRequest> received) {
        return received.stream()
                .map(it -> it.header("webhook-id").orElseThrow())
                .collect(Collectors.toSet());
    }

    private void run(String sql) {
        try (Connection connection = sender.postgres().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void countsFirstAndThenBringsWhatFailedAndSkipsWhatItShouldNotSend() {
        try (WebhookReceiver receiver = sender.receiver(500)) {
            // Given
            Registered endpoint = sender.register(org, receiver.url());
            List<String> failed = settled(endpoint, 6);
            receiver.answerWith(List.of(Answer.of(200)));
            settled(endpoint, 1);
            run("update webhook_sender.delivery_payload set erased = true where webhook_id = '" + failed.get(0) + "'");
            run("delete from webhook_sender.delivery_payload where webhook_id = '" + failed.get(1) + "'");
            int before = receiver.received().size();

            // When
            JsonNode counted = ask(endpoint, ",\"dry_run\":true");
            JsonNode started = ask(endpoint, ",\"per_second\":2");

            // Then
            assertEquals("counted", counted.get("state").asText());
            for (JsonNode answer : List.of(counted, started)) {
                assertEquals(6, answer.get("total").asLong());
            }
            assertEquals(1, counted.get("skipped_erased").asLong());
            assertEquals(1, counted.get("skipped_not_kept").asLong());
            JsonNode ended = awaitEnd(started);
            assertEquals("done", ended.get("state").asText());
            assertEquals(4, ended.get("sent").asLong());
            assertEquals(1, ended.get("skipped_erased").asLong());
            assertEquals(1, ended.get("skipped_not_kept").asLong());
            List<ReceivedRequest> received = receiver.awaitRequests(before + 4, LIMIT);
            assertEquals(new HashSet<>(failed.subList(2, 6)), ids(received.subList(before, received.size())));
            JsonNode delivery = json(sender.call("GET", "/v1/orgs/" + org + "/deliveries/" + failed.get(2), ""));
            await().atMost(LIMIT)
                    .until(() -> sender.awaitSettlements(failed.get(2), 2).size() == 2);
            assertTrue(delivery.toString().contains("\"endpoint_id\":\"" + endpoint.id() + "\""));
            assertEquals(
                    "replay",
                    json(sender.call("GET", "/v1/orgs/" + org + "/deliveries/" + failed.get(2), ""))
                            .at("/delivery/attempts/4/trigger")
                            .asText());
        }
    }

    @Test
    void keepsItsRateAndGoesOnWhereItWasAfterARestartWithTwoInstances() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(org, receiver.url());
            List<String> all = settled(endpoint, 12);

            // When
            JsonNode started = ask(endpoint, ",\"status\":[\"delivered\"],\"per_second\":3");
            receiver.awaitRequests(13, LIMIT);
            sender.restart();
            try (SenderService.Instance _ = sender.another()) {
                JsonNode ended = awaitEnd(started);

                // Then
                assertEquals(12, ended.get("sent").asLong());
            }
            List<ReceivedRequest> received = receiver.awaitRequests(24, LIMIT);
            all.forEach(id -> sender.awaitSettlements(id, 2));
            assertEquals(24, receiver.received().size());
            List<ReceivedRequest> replayed = received.subList(12, 24);
            assertEquals(new HashSet<>(all), ids(replayed));
            // Four slices, and a second from one to the next.
            long took = replayed.getLast().receivedNanos() - replayed.getFirst().receivedNanos();
            assertTrue(took > 2_000_000_000L, took + " ns");
        }
    }

    @Test
    void stopsWhenItIsCancelledAndWaitsWhileTheEndpointIsDisabled() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(org, receiver.url());
            settled(endpoint, 3);
            sender.call("POST", endpoint.path() + "/disable", "");

            // When
            JsonNode started = ask(endpoint, ",\"status\":[\"delivered\"]");
            await().atMost(LIMIT).until(() -> replay(started).has("reason"));
            JsonNode waiting = replay(started);
            JsonNode cancelled = json(sender.call(
                    "POST", "/v1/orgs/" + org + "/replays/" + started.get("id").asText() + "/cancel", ""));

            // Then
            assertEquals("endpoint disabled", waiting.get("reason").asText());
            assertEquals("running", waiting.get("state").asText());
            assertEquals("cancelled", cancelled.get("state").asText());
            assertEquals(0, cancelled.get("sent").asLong());
            assertEquals(3, receiver.received().size());
        }
    }

    @Test
    void refusesWhatMakesNoSense() {
        // Given
        Registered endpoint = sender.register(org, "https://hooks.example.com/");

        // Then
        for (String bad : List.of(
                ",\"status\":[\"parked\"]",
                ",\"per_second\":0",
                ",\"per_second\":51",
                ",\"until\":\"2025-01-01T00:00:00Z\"")) {
            assertEquals(422, ask(endpoint, bad).get("status").asInt(), bad);
        }
        assertEquals(
                404, ask(new Registered(org, "WHnothing", ""), "").get("status").asInt());
        for (int i = 0; i < Replays.MOST_RUNNING; i++) {
            sender.call("POST", endpoint.path() + "/disable", "");
            assertEquals("running", ask(endpoint, "").get("state").asText());
        }
        assertEquals(409, ask(endpoint, "").get("status").asInt());
    }
}
