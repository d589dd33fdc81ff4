package tocsin.sender.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.endpointsOf;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;

/** An endpoint is its organisation's, and its secret nobody's but in the answer that made it. */
class EndpointAccessTest {

    private static final String URL = "https://hooks.example.com/tocsin";

    private final SenderService sender = SenderService.shared();

    @ParameterizedTest
    @CsvSource({
        "POST, ''",
        "GET, ''",
        "GET, /ID",
        "DELETE, /ID",
        "POST, /ID/disable",
        "POST, /ID/enable",
        "GET, /ID/deliveries",
        "GET, /ID/secrets",
        "PATCH, /ID",
        "POST, /ID/switch-secret",
        "POST, /ID/test",
        "POST, /ID/rotate-secret",
        "POST, /ID/revoke-old-secrets",
    })
    void isOpenToOwnersAndManagersOfThatOrganisationOnly(String method, String route) {
        // Given
        Registered endpoint = sender.register(newOrg(), URL);
        String path = endpointsOf(endpoint.org()) + route.replace("ID", endpoint.id());
        String body =
                method.equals("PATCH") || (method.equals("POST") && route.isEmpty()) ? "{\"url\":\"" + URL + "\"}" : "";
        String other = newOrg();
        String throughTheirOwn = endpointsOf(other) + route.replace("ID", endpoint.id());

        // When
        int member = sender.call(method, path, body, endpoint.org(), "member").statusCode();
        int stranger = sender.call(method, path, body, other, "owner").statusCode();
        int anonymous = sender.send(method, path, body, "nonsense").statusCode();
        int smuggler = route.isEmpty()
                ? 404
                : sender.call(method, throughTheirOwn, body, other, "owner").statusCode();
        int manager = sender.call(method, path, body, endpoint.org(), "manager").statusCode();

        // Then
        assertEquals(List.of(403, 403, 401, 404), List.of(member, stranger, anonymous, smuggler));
        assertEquals(2, manager / 100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"WHnothing", "%27%20or%201%3D1", "%00"})
    void knowsNoOtherIds(String id) {
        // When
        HttpResponse<String> answer = sender.call("GET", endpointsOf(newOrg()) + "/" + id, "");

        // Then
        assertEquals(404, answer.statusCode(), answer.body());
    }

    @Test
    void keepsTheSecretFromEveryOtherAnswerTheDatabaseAndTheLog() throws SQLException {
        // Given
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        root.addAppender(log);
        Level level = root.getLevel();
        root.setLevel(Level.DEBUG);
        Registered endpoint;
        String rotated;
        StringBuilder answers = new StringBuilder();
        try {
            endpoint = sender.register(newOrg(), URL);

            // When
            answers.append(sender.call("GET", endpoint.path(), "").body());
            answers.append(sender.call("GET", endpointsOf(endpoint.org()), "").body());
            answers.append(sender.call("POST", endpoint.path() + "/disable", "").body());
            answers.append(sender.call("POST", endpoint.path() + "/enable", "").body());
            answers.append(
                    sender.call("GET", endpoint.path() + "/deliveries", "").body());
            rotated = json(sender.call("POST", endpoint.path() + "/rotate-secret", ""))
                    .get("secret")
                    .asText();
            answers.append(sender.call("GET", endpoint.path() + "/secrets", "").body());
        } finally {
            root.setLevel(level);
            root.detachAppender(log);
        }

        // Then
        assertTrue(answers.toString().contains(endpoint.id()));
        assertTrue(rows().contains(endpoint.id()));
        assertFalse(log.list.isEmpty());
        for (String secret : List.of(endpoint.secret(), rotated)) {
            String key = secret.substring("whsec_".length());
            assertFalse(answers.toString().contains(key));
            assertFalse(rows().contains(key));
            for (ILoggingEvent event : List.copyOf(log.list)) {
                assertFalse((event.getFormattedMessage() + event.getKeyValuePairs()).contains(key), event::toString);
            }
        }
    }

    /** Every row of every table of the sender, bytes as text too. */
    private String rows() throws SQLException {
        StringBuilder rows = new StringBuilder();
        try (Connection connection = sender.postgres().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : List.of("webhook_endpoint", "endpoint_secret", "outbox")) {
                try (ResultSet row =
                        statement.executeQuery("select t.*, t::text from webhook_sender." + table + " t")) {
                    while (row.next()) {
                        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                            rows.append(row.getString(i)).append('\n');
                            byte[] bytes =
                                    row.getMetaData().getColumnTypeName(i).equals("bytea") ? row.getBytes(i) : null;
                            rows.append(bytes == null ? "" : new String(bytes, UTF_8));
                        }
                    }
                }
            }
        }
        return rows.toString();
    }
}
