package tocsin.dispatcher.events;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.schemas.avro.WebhookRequested;

class EventControllerTest {

    private static final String EVENT = """
            {"event_id":"run-1","type":"api.workflow_run.exited","occurred_at":"2026-04-17T10:00:00.123+02:00",
             "data":{"workflow_id":"nightly","workflow_run_id":"TWR1","score":1.50},"webhook_endpoint_ids":["%s"]}""";

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();

    @Test
    void tellsTheNamedEndpointOnceHoweverOftenTheEventIsSent() {
        // Given
        String endpoint = dispatcher.withEndpoint(org);

        // When
        String first = dispatcher.ok("POST", path(), dispatcher.platform(), EVENT.formatted(endpoint));
        String repeat = dispatcher.ok("POST", path(), dispatcher.platform(), EVENT.formatted(endpoint));

        // Then
        assertEquals(first, repeat);
        WebhookRequested webhook = dispatcher.awaitWebhooks(org, 1).getFirst();
        assertEquals("api.workflow_run.exited", webhook.getType());
        assertEquals("2026-04-17T08:00:00.123Z", webhook.getOccurredAt().toString());
        assertEquals("{\"workflow_id\":\"nightly\",\"workflow_run_id\":\"TWR1\",\"score\":1.50}", webhook.getData());
        assertTrue(first.contains("\"notification_id\":\"" + webhook.getNotificationId() + "\""), first);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).equals(List.of("event " + endpoint + " pending -")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"event_id":"1"                 | the body is not valid JSON
            []                              | the body is not one JSON object
            {"event_id":"1","event_id":"2"} | the body is not valid JSON
            {"evil":true}                   | a member is none of event_id, type, occurred_at, data, webhook_endpoint_ids
            {"data":{}}                     | event_id is missing or no text
            {"event_id":"1","type":"member.promoted","occurred_at":"2026-04-17T10:00:00Z","data":{}} | the type is none of secret.detected
            {"event_id":"1","type":"member.joined","occurred_at":"yesterday","data":{}} | occurred_at is not a time
            {"event_id":"1","type":"member.joined","occurred_at":"2026-04-17T10:00:00Z","data":[]} | data is not a JSON object
            {"event_id":"1","type":"member.joined","occurred_at":"2026-04-17T10:00:00Z","data":{}} | fails required user_id
            {"event_id":"1","type":"member.joined","occurred_at":"2026-04-17T10:00:00Z","data":{},"webhook_endpoint_ids":"WH1"} | webhook_endpoint_ids is not a list
            """)
    void refusesWithTheReason(String body, String reason) {
        HttpResponse<String> answer = dispatcher.send("POST", path(), dispatcher.platform(), body);

        assertEquals(422, answer.statusCode());
        assertTrue(answer.body().contains(reason), answer.body());
    }

    @Test
    void isForThePlatformsServicesOnly() {
        assertEquals(
                403,
                dispatcher
                        .send("POST", path(), dispatcher.owner(org), EVENT.formatted("WH1"))
                        .statusCode());
    }

    @Test
    void showsEveryTypeWithAnExampleToAnybodyWithAToken() {
        String types = dispatcher.ok("GET", "/v1/event-types", dispatcher.owner(org), "");

        EventReaderTest.TYPES
                .all()
                .forEach(type -> assertTrue(types.contains("\"type\":\"" + type.name() + "\",\"timestamp\""), types));
        assertTrue(types.contains("\"data\":{\"request_id\":\"req_1\""), types);
    }

    private String path() {
        return "/v1/orgs/" + org + "/events";
    }
}
