package tocsin.sender.endpoint;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.sender.SenderService.endpointsOf;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.sender.DatabaseLocks;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;

class EndpointControllerTest {

    private static final String URL = "https://hooks.example.com/tocsin";

    private final SenderService sender = SenderService.shared();

    @Test
    void showsListsDisablesEnablesAndDeletes() {
        // Given
        Registered endpoint = sender.register(newOrg(), URL);
        String one = endpoint.path();

        // When
        JsonNode shown = json(sender.call("GET", one, ""));
        JsonNode list = json(sender.call("GET", endpointsOf(endpoint.org()), ""));
        JsonNode disabled = json(sender.call("POST", one + "/disable", ""));
        JsonNode disabledAgain = json(sender.call("POST", one + "/disable", ""));
        JsonNode enabled = json(sender.call("POST", one + "/enable", ""));
        int deleted = sender.call("DELETE", one, "").statusCode();
        int deletedAgain = sender.call("DELETE", one, "").statusCode();
        int shownAfter = sender.call("GET", one, "").statusCode();

        // Then
        assertEquals(endpoint.id(), shown.get("id").asText());
        assertEquals(1, list.get("webhook_endpoints").size());
        assertEquals(shown, list.get("webhook_endpoints").get(0));
        assertEquals("disabled", disabled.get("status").asText());
        assertEquals(
                "disabled by a manager of the organisation",
                disabled.get("disabled_for").asText());
        assertEquals(disabled, disabledAgain);
        assertEquals(shown, enabled);
        assertEquals(List.of(204, 404, 404), List.of(deleted, deletedAgain, shownAfter));
    }

    @Test
    void changesWhatItIsToldAndLeavesTheRest() {
        // Given
        Registered endpoint = sender.register(newOrg(), URL);
        JsonNode before = json(sender.call("GET", endpoint.path(), ""));

        // When
        JsonNode types = json(sender.call("PATCH", endpoint.path(), "{\"event_types\": [\"a.b\", \"a.b\", \"c\"]}"));
        JsonNode all = json(sender.call("PATCH", endpoint.path(), """
                {"url": "https://other.example.com/", "description": "new", "event_types": [], "format": "takumo", "thin": true}"""));

        // Then
        ObjectNode expected = before.deepCopy();
        expected.putArray("event_types").add("a.b").add("c");
        assertEquals(expected, types);
        expected.put("url", "https://other.example.com/")
                .put("description", "new")
                .put("format", "takumo")
                .put("thin", true);
        expected.putArray("event_types");
        assertEquals(expected, all);
        assertEquals(all, json(sender.call("GET", endpoint.path(), "")));
        List<WebhookEndpoint> announced = new Announcements(sender, endpoint.id())
                .await(3).stream().flatMap(Optional::stream).toList();
        assertEquals(List.of("a.b", "c"), announced.get(1).getEventTypes());
        assertEquals(
                List.of(false, false, true),
                announced.stream().map(WebhookEndpoint::getThin).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"url\":\"http://example.com/\"} | 422",
                "{\"url\":\"https://10.0.0.1/\"} | 422",
                "{\"format\":\"xml\"} | 422",
                "{\"event_types\":[null]} | 400",
                "{\"description\":\"a\\u0000b\"} | 422",
                "[] | 400",
            })
    void changesNothingWhenOnePartIsRefused(String body, int status) {
        // Given
        Registered endpoint = sender.register(newOrg(), URL);
        JsonNode before = json(sender.call("GET", endpoint.path(), ""));

        // When
        HttpResponse<String> answer = sender.call("PATCH", endpoint.path(), body);

        // Then
        assertEquals(status, answer.statusCode(), answer.body());
        assertEquals(before, json(sender.call("GET", endpoint.path(), "")));
    }

    /**
     * The endpoint, its failures, its pace: in the order of whoever counts a failure, or takes the attempt that shows whether it is well again. Else each would
     * wait for the other, and the database would end one of them.
     *
     * @param held what somebody else holds
     * @param free what is taken only after that
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DELETE | '' | webhook_endpoint where id | endpoint_health where endpoint_id",
                "DELETE | '' | endpoint_health where endpoint_id | endpoint_pace where endpoint_id",
                "PATCH | {\"url\": \"https://new.example.com/\", \"max_per_second\": 3}"
                        + " | endpoint_health where endpoint_id | endpoint_pace where endpoint_id"
            })
    void takesWhatAttemptsTakeInTheirOrder(String method, String body, String held, String free) throws Exception {
        // Given
        Registered endpoint = sender.register(newOrg(), URL);
        sender.call("PATCH", endpoint.path(), "{\"max_per_second\": 2}");
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
                Connection connection = sender.postgres().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "insert into webhook_sender.endpoint_health (endpoint_id, failures, failing_since) values ('"
                            + endpoint.id() + "', 1, now())");
            connection.setAutoCommit(false);
            statement.execute("select 1 from webhook_sender." + held + " = '" + endpoint.id() + "' for no key update");

            // When
            Future<Integer> answer = requests.submit(
                    () -> sender.call(method, endpoint.path(), body).statusCode());
            await().until(() -> DatabaseLocks.isWaitedFor(connection));

            // Then
            statement.execute("select 1 from webhook_sender." + free + " = '" + endpoint.id() + "' for update nowait");
            connection.commit();
            assertEquals(2, answer.get() / 100);
        }
    }

    @Test
    void tellsTheOthersWhatTheyMayKnow() {
        // Given
        Registered endpoint = sender.register(newOrg(), URL);

        Announcements announced = new Announcements(sender, endpoint.id());

        // When
        sender.call("POST", endpoint.path() + "/disable", "");
        sender.call("POST", endpoint.path() + "/enable", "");
        sender.call("DELETE", endpoint.path(), "");

        // Then
        List<Optional<WebhookEndpoint>> told = announced.await(4);
        assertEquals(endpoint.org(), told.getFirst().orElseThrow().getOrgId());
        assertEquals(
                List.of(Optional.of(true), Optional.of(false), Optional.of(true), Optional.empty()),
                told.stream().map(it -> it.map(WebhookEndpoint::getEnabled)).toList());
    }
}
