package tocsin.sender.deliverylog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.Answer;
import tocsin.testsupport.WebhookReceiver;

/** What owners are told of a delivery. */
class DeliveryLogTest {

    private final SenderService sender = SenderService.shared();
    private final String org = newOrg();

    private WebhookRequested settled(WebhookRequested.Builder building) {
        WebhookRequested request = building.build();
        sender.request(request);
        sender.awaitSettlements(request.getWebhookId(), 1);
        return request;
    }

    private JsonNode whole(WebhookRequested request) {
        return json(sender.call("GET", "/v1/orgs/" + org + "/deliveries/" + request.getWebhookId(), ""));
    }

    private List<String> listed(String query) {
        List<String> ids = new ArrayList<>();
        json(sender.call("GET", "/v1/orgs/" + org + "/deliveries" + query, ""))
                .get("deliveries")
                .forEach(it -> ids.add(it.get("webhook_id").asText()));
        return ids;
    }

    private static String header(JsonNode headers, String name) {
        for (JsonNode header : headers) {
            if (header.get("name").asText().equalsIgnoreCase(name)) {
                return header.get("value").asText();
            }
        }
        return "none";
    }

    @Test
    void tellsAllOfEveryAttempt() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            receiver.answerWith(List.of(
                    Answer.of(503)
                            .header("X-Why", "busy")
                            .header("Set-Cookie", "session=hidden")
                            .content("come\u0000back"),
                    Answer.of(200).content("thanks")));
            Registered endpoint = sender.register(org, receiver.url());
            String secretId = json(sender.call("GET", endpoint.path() + "/secrets", ""))
                    .at("/secrets/0/id")
                    .asText();

            // When
            WebhookRequested request = settled(SenderService.request(endpoint));

            // Then
            JsonNode whole = whole(request);
            assertEquals(
                    "{\"type\":\"guard.malicious_package_detected\",\"timestamp\":\"2026-04-17T12:00:00Z\",\"data\":"
                            + request.getData() + "}",
                    whole.get("payload").asText());
            JsonNode delivery = whole.get("delivery");
            assertEquals("delivered", delivery.get("state").asText());
            assertEquals(endpoint.id(), delivery.get("endpoint_id").asText());
            assertEquals(2, delivery.get("attempt_count").asInt());
            JsonNode first = delivery.at("/attempts/0");
            assertEquals("first", first.get("trigger").asText());
            assertEquals("127.0.0.1", first.get("address").asText());
            assertEquals("TLSv1.3", first.get("tls_version").asText());
            assertEquals(secretId, first.at("/key_ids/0").asText());
            for (String time : List.of("dns_ms", "connect_ms", "tls_ms", "first_byte_ms")) {
                assertTrue(first.get(time).asLong() <= first.get("duration_ms").asLong(), first + " " + time);
            }
            assertEquals(request.getWebhookId(), header(first.get("request_headers"), "webhook-id"));
            assertTrue(header(first.get("request_headers"), "webhook-signature").startsWith("v1,"));
            assertEquals("busy", header(first.get("response_headers"), "x-why"));
            assertEquals("[redacted]", header(first.get("response_headers"), "set-cookie"));
            assertEquals("come\uFFFDback", first.get("response_body").asText());
            assertFalse(first.get("response_body_cut").asBoolean());
            Instant started = Instant.parse(first.get("started_at").asText());
            Instant next = Instant.parse(first.get("next_attempt_at").asText());
            assertFalse(next.isBefore(started.plusMillis(100)));
            JsonNode second = delivery.at("/attempts/1");
            assertEquals("retry", second.get("trigger").asText());
            assertFalse(Instant.parse(second.get("started_at").asText()).isBefore(next), second.toString());
            assertEquals("thanks", second.get("response_body").asText());
            assertEquals("127.0.0.1", second.get("address").asText());
            assertFalse(second.has("next_attempt_at"));
        }
    }

    @Test
    void tellsHowFarAnAttemptCameThatFoundNobody() {
        // Given
        WebhookReceiver closed = sender.receiver(200);
        closed.close();
        Registered endpoint = sender.register(org, closed.url());

        // When
        WebhookRequested request = settled(SenderService.request(endpoint));

        // Then
        JsonNode attempt = whole(request).at("/delivery/attempts/3");
        assertEquals("connect", attempt.get("error_class").asText());
        assertEquals("the connection was refused", attempt.get("reason").asText());
        assertTrue(attempt.has("dns_ms"));
        for (String absent : List.of("tls_ms", "first_byte_ms", "tls_version", "status", "next_attempt_at")) {
            assertFalse(attempt.has(absent), absent);
        }
    }

    @Test
    void findsByStatusTypeEndpointAndTimeThePagesInOrder() {
        try (WebhookReceiver good = sender.receiver(200);
                WebhookReceiver bad = sender.receiver(500)) {
            // Given
            Registered one = sender.register(org, good.url());
            Registered other = sender.register(org, bad.url());
            String first = settled(SenderService.request(one)).getWebhookId();
            String failed = settled(SenderService.request(other)).getWebhookId();
            String typed =
                    settled(SenderService.request(one).setType("key.revoked")).getWebhookId();

            // Then
            assertEquals(List.of(typed, failed, first), listed(""));
            assertEquals(List.of(failed), listed("?status=failed"));
            assertEquals(List.of(typed), listed("?type=key.revoked&status=delivered"));
            assertEquals(List.of(typed, first), listed("?endpoint=" + one.id()));
            String created = json(sender.call("GET", "/v1/orgs/" + org + "/deliveries?status=failed", ""))
                    .at("/deliveries/0/created_at")
                    .asText();
            assertEquals(List.of(typed, failed), listed("?since=" + created));
            assertEquals(List.of(first), listed("?until=" + created));
            JsonNode page = json(sender.call("GET", "/v1/orgs/" + org + "/deliveries?limit=2", ""));
            assertEquals(
                    List.of(first),
                    listed("?limit=2&cursor=" + page.get("next_cursor").asText()));
            for (String bad400 : List.of("?status=gone", "?since=yesterday", "?cursor=!", "?limit=0")) {
                assertEquals(
                        400,
                        sender.call("GET", "/v1/orgs/" + org + "/deliveries" + bad400, "")
                                .statusCode(),
                        bad400);
            }
        }
    }

    @Test
    void keepsTenantsApart() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(org, receiver.url());
            String id = settled(SenderService.request(endpoint)).getWebhookId();
            String stranger = newOrg();

            // Then
            assertEquals(
                    404,
                    sender.call("GET", "/v1/orgs/" + stranger + "/deliveries/" + id, "")
                            .statusCode());
            assertEquals(
                    0,
                    json(sender.call("GET", "/v1/orgs/" + stranger + "/deliveries?endpoint=" + endpoint.id(), ""))
                            .get("deliveries")
                            .size());
        }
    }

    @Test
    void forgetsWhoIsErasedInPayloadsAndInWhatReceiversRepeated() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            receiver.answerWith(List.of(Answer.of(200).content("hello Ada")));
            Registered endpoint = sender.register(org, receiver.url());
            String data = "{\"affected_downloads\":[{\"principal_name\":\"Ada\",\"principal_id\":\"%s\"}]}";
            WebhookRequested ada = settled(SenderService.request(endpoint).setData(data.formatted("u1")));
            WebhookRequested other = settled(SenderService.request(endpoint).setData(data.formatted("u2")));
            PrivacyErasure erasure = PrivacyErasure.newBuilder()
                    .setErasureId("erasure-of-" + org)
                    .setRequestedAt(ada.getOccurredAt())
                    .setOrgId(org)
                    .setPrincipalId("u1")
                    .build();

            // When
            sender.broker()
                    .send(
                            Topics.PRIVACY_ERASURE.name(),
                            RecordKeys.privacyErasure(ErasureSubject.of(erasure))
                                    .getBytes(UTF_8),
                            MessageCodec.of(PrivacyErasure.class).encode(erasure));
            await().atMost(LIMIT).until(() -> whole(ada).get("payload_erased").asBoolean());
            WebhookRequested later = settled(SenderService.request(endpoint).setData(data.formatted("u1")));

            // Then
            for (WebhookRequested erased : List.of(ada, later)) {
                JsonNode whole = whole(erased);
                assertTrue(whole.get("payload_erased").asBoolean());
                assertFalse(whole.toString().contains("Ada"), whole.toString());
                assertFalse(whole.at("/delivery/attempts/0").has("response_body"));
            }
            JsonNode kept = whole(other);
            assertTrue(kept.get("payload").asText().contains("Ada"));
            assertEquals(
                    "hello Ada", kept.at("/delivery/attempts/0/response_body").asText());
        }
    }

    @Test
    void dropsDaysThatAreNoLongerKeptAndWhatEndedBefore() throws SQLException {
        // Given
        Instant now = Clock.systemUTC().instant();
        LocalDate old = LogDays.of(now).minusDays(31);
        LogPartitionRepository partitions = sender.part(LogPartitionRepository.class);
        partitions.makeFor(Set.of(LogDays.start(old), LogDays.start(old.plusDays(1))));
        insertSettled("msg_old-" + org, LogDays.start(old.plusDays(1)).minusMillis(1));
        insertSettled("msg_kept-" + org, LogDays.start(old.plusDays(1)));

        // When
        new LogUpkeepProcessor(partitions, new DeliveryLogConfig(30, Duration.ofMinutes(10)), Clock.systemUTC()).keep();

        // Then
        assertFalse(partitions.days().contains(old));
        assertTrue(partitions.days().contains(old.plusDays(1)));
        assertTrue(partitions.days().contains(LogDays.of(now).plusDays(3)));
        assertEquals(
                "msg_kept-" + org,
                text("select string_agg(webhook_id, ' ') from webhook_sender.delivery" + " where org_id = '" + org
                        + "'"));
    }

    private void insertSettled(String webhookId, Instant at) throws SQLException {
        text(
                "insert into webhook_sender.delivery (webhook_id, endpoint_id, notification_id, org_id, type, state, attempts,"
                        + " created_at, settled_at, payload_at) values ('" + webhookId + "', 'WH', 'n', '" + org
                        + "', 't', 'failed', 1, '" + at + "', '" + at + "', '" + at + "') returning webhook_id");
    }

    private String text(String sql) throws SQLException {
        try (Connection connection = sender.postgres().dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void showsTheLastOfVeryManyAttempts() throws SQLException {
        // Given
        Registered endpoint = sender.register(org, "https://hooks.example.com/");
        Instant now = Clock.systemUTC().instant();
        sender.part(LogPartitionRepository.class).makeFor(Set.of(now));
        text(
                "insert into webhook_sender.delivery (webhook_id, endpoint_id, notification_id, org_id, type, state, attempts,"
                        + " created_at) values ('msg_many-" + org + "', '" + endpoint.id() + "', 'n', '" + org
                        + "', 't', 'retrying', 120, '" + now + "') returning webhook_id");
        text(
                "with written as (insert into webhook_sender.delivery_attempt (webhook_id, endpoint_id, attempt, started_at,"
                        + " duration_ms) select 'msg_many-" + org + "', '" + endpoint.id() + "', n, '" + now
                        + "', 1 from generate_series(1, 120) n returning 1) select count(*) from written");

        // When
        JsonNode one = json(sender.call("GET", "/v1/orgs/" + org + "/deliveries/msg_many-" + org, ""))
                .get("delivery");
        JsonNode listed = sender.shown(endpoint, "msg_many-" + org);

        // Then
        assertEquals(100, one.get("attempts").size());
        assertEquals(21, one.at("/attempts/0/attempt").asInt());
        assertEquals(120, one.at("/attempts/99/attempt").asInt());
        assertTrue(one.get("attempts_cut").asBoolean());
        assertEquals(20, listed.get("attempts").size());
        assertEquals(101, listed.at("/attempts/0/attempt").asInt());
        assertTrue(listed.get("attempts_cut").asBoolean());
    }

    /** Texts that no database takes, and that nothing has. */
    @ParameterizedTest
    @CsvSource({
        "GET, deliveries?type=%00, '', 400",
        "GET, deliveries?type=a..b, '', 400",
        "GET, deliveries?endpoint=%00, '', 400",
        "GET, deliveries?endpoint=a%20b, '', 400",
        "GET, deliveries/%00, '', 404",
        "POST, deliveries/%00/resend, '', 404",
        "GET, replays/%00, '', 404",
        "POST, replays/%00/cancel, '', 404",
        "POST, replays, '{\"endpoint_id\":\"WH1\",\"since\":\"2026-01-01T00:00:00Z\",\"type\":\"a\\u0000b\"}', 400",
        "POST, replays, '{\"endpoint_id\":\"WH\\u0000\",\"since\":\"2026-01-01T00:00:00Z\"}', 404"
    })
    void refusesWhatCannotBeAskedFor(String method, String path, String body, int status) {
        assertEquals(
                status,
                sender.call(method, "/v1/orgs/" + newOrg() + "/" + path, body).statusCode());
    }
}
