package tocsin.sender.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;

class EndpointControllerTest {

    private static final MessageCodec<WebhookEndpoint> ANNOUNCED = MessageCodec.of(WebhookEndpoint.class);
    private static final String URL = "https://hooks.example.com/tocsin";

    @SuppressWarnings("NullAway.Init")
    private static SenderService sender;

    @BeforeAll
    static void start() {
        sender = SenderService.shared();
    }

    private static String endpointsOf(String org) {
        return "/v1/orgs/" + org + "/webhook-endpoints";
    }

    private static List<ConsumerRecord<byte[], byte[]>> announcements(String id) {
        return sender.broker().readAll(Topics.WEBHOOK_ENDPOINT.name()).stream()
                .filter(record -> new String(record.key(), UTF_8).equals(id))
                .toList();
    }

    private static ConsumerRecord<byte[], byte[]> awaitLastAnnouncement(String id, int count) {
        return await().atMost(SenderService.LIMIT)
                .until(() -> announcements(id), records -> records.size() == count)
                .getLast();
    }

    @Test
    void registersAnEndpointAndShowsItsSecretInThisAnswer() {
        // Given
        String org = sender.entitledOrg();

        // When
        HttpResponse<String> answer = sender.call("POST", endpointsOf(org), """
                {"url": "https://hooks.example.com/tocsin", "description": "On-call", "event_types": ["api.workflow_run.exited"]}""");

        // Then
        assertEquals(201, answer.statusCode(), answer.body());
        assertEquals(Optional.of("no-store"), answer.headers().firstValue("cache-control"));
        JsonNode endpoint = json(answer);
        assertTrue(endpoint.get("id").asText().matches("WH[A-Z2-7]{26}"), answer.body());
        assertTrue(endpoint.get("secret").asText().matches("whsec_[A-Za-z0-9+/]{43}="), answer.body());
        assertEquals(URL, endpoint.get("url").asText());
        assertEquals("On-call", endpoint.get("description").asText());
        assertEquals(
                "[\"api.workflow_run.exited\"]", endpoint.get("event_types").toString());
        assertEquals("enabled", endpoint.get("status").asText());
        assertTrue(endpoint.get("created_at").asText().matches("\\d{4}-.*Z"), answer.body());
    }

    @Test
    void tellsTheOthersWhatTheyMayKnow() {
        // Given
        Registered endpoint = sender.register(newOrg(), URL);

        // When
        WebhookEndpoint registered =
                ANNOUNCED.decode(awaitLastAnnouncement(endpoint.id(), 1).value());
        sender.call("POST", endpoint.path() + "/disable", "");
        WebhookEndpoint disabled =
                ANNOUNCED.decode(awaitLastAnnouncement(endpoint.id(), 2).value());
        sender.call("POST", endpoint.path() + "/enable", "");
        WebhookEndpoint enabled =
                ANNOUNCED.decode(awaitLastAnnouncement(endpoint.id(), 3).value());
        sender.call("DELETE", endpoint.path(), "");
        ConsumerRecord<byte[], byte[]> deleted = awaitLastAnnouncement(endpoint.id(), 4);

        // Then
        assertEquals(endpoint.org(), registered.getOrgId());
        assertTrue(registered.getEnabled());
        assertFalse(disabled.getEnabled());
        assertTrue(enabled.getEnabled());
        assertNull(deleted.value());
    }

    /** Else a deletion and a failure that is counted would wait for each other, and the database would end one of them. */
    @Test
    void deletesAnEndpointBeforeItsFailuresAsFailuresAreCounted() throws Exception {
        // Given somebody who counts a failure, and holds the endpoint
        Registered endpoint = sender.register(newOrg(), URL);
        try (Connection connection = sender.postgres().dataSource().getConnection();
                Statement statement = connection.createStatement();
                ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            statement.execute(
                    "insert into webhook_sender.endpoint_health (endpoint_id, failures, failing_since) values ('"
                            + endpoint.id() + "', 1, now())");
            connection.setAutoCommit(false);
            statement.execute("select 1 from webhook_sender.webhook_endpoint where id = '" + endpoint.id()
                    + "' for no key update");

            // When
            Future<Integer> deleted = requests.submit(
                    () -> sender.call("DELETE", endpoint.path(), "").statusCode());
            await().until(() -> isWaitedFor(connection));

            // Then what follows the endpoint is still free
            statement.execute("select 1 from webhook_sender.endpoint_health where endpoint_id = '" + endpoint.id()
                    + "' for update nowait");
            connection.commit();
            assertEquals(204, deleted.get());
        }
    }

    private static boolean isWaitedFor(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select exists (select 1 from pg_stat_activity where pg_backend_pid() = any (pg_blocking_pids(pid)))")) {
            row.next();
            return row.getBoolean(1);
        }
    }

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
        List<ConsumerRecord<byte[], byte[]>> announced = await().atMost(SenderService.LIMIT)
                .until(() -> announcements(endpoint.id()), records -> records.size() == 3);
        assertEquals(
                List.of("a.b", "c"), ANNOUNCED.decode(announced.get(1).value()).getEventTypes());
        assertEquals(
                List.of(false, false, true),
                announced.stream()
                        .map(it -> ANNOUNCED.decode(it.value()).getThin())
                        .toList());
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
    private static String rows() throws SQLException {
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"url\":\"http://example.com/\"} | 422 | https://",
                "{\"url\":\"https://10.0.0.1/\"} | 422 | private",
                "{\"url\":\"https://user:pw@example.com/\"} | 422 | credentials",
                "{\"url\":\"https://example.com/\",\"event_types\":[\"a b\"]} | 422 | event type",
                "{\"url\":\"https://example.com/\",\"event_types\":[\"\"]} | 422 | event type",
                "{\"url\":\"https://example.com/\",\"event_types\":[\"a\",null]} | 400 | null",
                "{\"url\":\"https://example.com/\",\"description\":\"a\\u0000b\"} | 422 | control characters",
                "{\"description\":\"no url\"} | 400 | url",
                "[] | 400 | ''",
                "{ | 400 | ''",
            })
    void refusesWhatCannotBeRegisteredAndSaysWhy(String body, int status, String why) {
        // When
        HttpResponse<String> answer = sender.call("POST", endpointsOf(sender.entitledOrg()), body);

        // Then
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(json(answer).path("detail").asText().contains(why), answer.body());
        assertTrue(answer.headers().firstValue("content-type").orElse("").contains("problem+json"));
    }

    @Test
    void refusesToRegisterWithoutTheEntitlementAndSaysWhy() {
        // When
        HttpResponse<String> answer = sender.call("POST", endpointsOf(newOrg()), "{\"url\":\"" + URL + "\"}");

        // Then
        assertEquals(403, answer.statusCode(), answer.body());
        assertEquals(
                "The organisation is not entitled to webhooks.",
                json(answer).path("detail").asText());
    }

    @Test
    void leavesAllButRegisteringToWhoeverLosesTheEntitlement() {
        // Given
        Registered endpoint = sender.register(newOrg(), URL);

        // When
        sender.entitle(endpoint.org(), false);
        sender.awaitRefused(endpoint.org());

        // Then
        for (String route : List.of(
                "GET ",
                "PATCH ",
                "GET /deliveries",
                "POST /test",
                "POST /rotate-secret",
                "POST /disable",
                "POST /enable")) {
            String[] asked = route.split(" ", 2);
            assertEquals(
                    200, sender.call(asked[0], endpoint.path() + asked[1], "{}").statusCode(), route);
        }
        assertEquals(204, sender.call("DELETE", endpoint.path(), "").statusCode());
    }

    @Test
    void refusesDescriptionsThatAreTooLong() {
        // Given
        String body = "{\"url\":\"https://example.com/\",\"description\":\"" + "a".repeat(501) + "\"}";

        // Then
        assertEquals(
                422,
                sender.call("POST", endpointsOf(sender.entitledOrg()), body).statusCode());
    }

    @Test
    void registersNoMoreThanAnOrganisationNeedsHoweverManyAskAtOnce() throws Exception {
        // Given
        String org = newOrg();
        int atOnce = 16;
        CyclicBarrier together = new CyclicBarrier(atOnce);
        List<Future<Integer>> statuses = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
            for (int i = 0; i < EndpointRegistry.MOST_PER_ORGANISATION - 1; i++) {
                threads.execute(() -> sender.register(org, URL));
            }
        }

        // When: all but one of them count while the last place is free
        try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
            for (int i = 0; i < atOnce; i++) {
                statuses.add(threads.submit(() -> {
                    together.await();
                    return sender.call("POST", endpointsOf(org), "{\"url\":\"" + URL + "\"}")
                            .statusCode();
                }));
            }
        }

        // Then
        List<Integer> answered = new ArrayList<>();
        for (Future<Integer> status : statuses) {
            answered.add(status.get());
        }
        Collections.sort(answered);
        List<Integer> expected = new ArrayList<>(Collections.nCopies(atOnce, 409));
        expected.set(0, 201);
        assertEquals(expected, answered);
    }

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
}
