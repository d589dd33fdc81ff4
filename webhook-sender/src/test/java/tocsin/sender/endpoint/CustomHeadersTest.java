package tocsin.sender.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.ReceivedRequest;
import tocsin.testsupport.WebhookReceiver;

/** Headers that an owner wants sent with his messages. */
class CustomHeadersTest {

    private static final String VALUE = "Bearer of-the-receiver";

    private final SenderService sender = SenderService.shared();
    private final String org = sender.entitledOrg();
    private final List<String> shown = new ArrayList<>();

    private JsonNode call(String method, String path, String body) {
        HttpResponse<String> answer = sender.call(method, "/v1/orgs/" + org + path, body);
        shown.add(answer.body());
        return json(answer);
    }

    private Registered register(WebhookReceiver receiver) {
        JsonNode answer = call(
                "POST",
                "/webhook-endpoints",
                "{\"url\":\"" + receiver.url() + "\",\"headers\":{\"Authorization\":\"" + VALUE
                        + "\",\"X-Team\":\"blue\"}}");
        return new Registered(
                org, answer.get("id").asText(), answer.get("secret").asText());
    }

    private ReceivedRequest delivered(WebhookReceiver receiver, Registered endpoint) {
        WebhookRequested request = SenderService.request(endpoint).build();
        sender.request(request);
        sender.awaitSettlements(request.getWebhookId(), 1);
        call("GET", "/deliveries/" + request.getWebhookId(), "");
        return receiver.awaitRequests(1, LIMIT).getLast();
    }

    @Test
    void goWithEveryMessageAndAreNeverShownAgain() throws SQLException {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = register(receiver);

            // When
            ReceivedRequest received = delivered(receiver, endpoint);
            JsonNode endpointShown = call("GET", "/webhook-endpoints/" + endpoint.id(), "");
            JsonNode test = call("POST", "/webhook-endpoints/" + endpoint.id() + "/test", "");

            // Then
            assertEquals(VALUE, received.header("authorization").orElseThrow());
            assertEquals("blue", received.header("x-team").orElseThrow());
            assertEquals(
                    "{\"authorization\":\"[redacted]\",\"x-team\":\"[redacted]\"}",
                    endpointShown.get("headers").toString());
            assertEquals("[redacted]", test.at("/request/headers/authorization").asText());
            shown.forEach(text -> assertFalse(text.contains("of-the-receiver"), text));
            assertFalse(stored(endpoint).contains("of-the-receiver"));
        }
    }

    /** All that the database has of them. Sealed bytes can be any: those that no text may hold stand escaped, letters as they are. */
    private String stored(Registered endpoint) throws SQLException {
        try (Connection connection = sender.postgres().dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        select string_agg(t, ' ') from (
                            select encode(sealed, 'escape') t from webhook_sender.endpoint_sealed where endpoint_id = '%s'
                            union all select a::text from webhook_sender.delivery_attempt a where endpoint_id = '%s') all_of_it
                        """.formatted(endpoint.id(), endpoint.id()))) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void changeAsAWholeAndKeepWhatIsSentBackRedacted() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = register(receiver);
            String path = "/webhook-endpoints/" + endpoint.id();

            // When
            call("PATCH", path, "{\"headers\":{\"authorization\":\"[redacted]\",\"x-new\":\"1\"}}");
            call("PATCH", path, "{\"description\":\"the same\"}");

            // Then
            ReceivedRequest received = delivered(receiver, endpoint);
            assertEquals(VALUE, received.header("authorization").orElseThrow());
            assertEquals("1", received.header("x-new").orElseThrow());
            assertFalse(received.headers().containsKey("x-team"));
            assertEquals(
                    422,
                    call("PATCH", path, "{\"headers\":{\"webhook-id\":\"mine\"}}")
                            .get("status")
                            .asInt());
            assertEquals(
                    "{}", call("PATCH", path, "{\"headers\":{}}").get("headers").toString());
        }
    }
}
