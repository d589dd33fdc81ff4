package tocsin.matcher.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.matcher.topology.MatcherStreamsRelay;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.PackagePopularity;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.TenantIsolation;
import tocsin.testsupport.TokenIssuer;

/** The whole service, as it starts. */
class AdvisoryControllerTest {

    private static final MessageCodec<AdvisoryPublished> PUBLISHED = MessageCodec.of(AdvisoryPublished.class);
    private static final MessageCodec<AdvisoryAccepted> ACCEPTED = MessageCodec.of(AdvisoryAccepted.class);

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String WHY = "{\"reason\": \"the feed dropped the scope\"}";

    private static KafkaBroker broker;
    private static TokenIssuer issuer;
    private static EmbeddedServer server;
    private static HttpClient http;

    @BeforeAll
    static void start(@TempDir Path directory) {
        broker = KafkaBroker.start();
        for (Topic topic : MatcherStreamsRelay.USED) {
            broker.createTopic(topic.name(), 1);
        }
        broker.createTopic(Topics.FEED_POSITION.name(), 1);
        issuer = TokenIssuer.start();
        Map<String, Object> properties = new HashMap<>(Map.of(
                "micronaut.application.name",
                "advisory-matcher",
                "micronaut.server.port",
                -1,
                "kafka.bootstrap.servers",
                broker.bootstrapServers(),
                "tocsin.matcher.state-dir",
                directory.toString(),
                "tocsin.matcher.threads",
                1,
                "tocsin.hold.audiences",
                100,
                "tocsin.feeds.subjects",
                "osv=feed-1, osv=feed-2",
                "tocsin.security.issuer",
                issuer.issuer(),
                "tocsin.security.audience",
                issuer.audience(),
                "tocsin.security.jwks-url",
                issuer.jwksUrl()));
        properties.put("tocsin.buckets.mirror.url", "http://127.0.0.1:1/bucket");
        server = ApplicationContext.run(EmbeddedServer.class, properties);
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        http.close();
        server.close();
        issuer.close();
        broker.close();
    }

    @Test
    void refusesEverybodyElseAtEveryRouteOfTheService() {
        // When
        List<String> findings = new TenantIsolation(server.getApplicationContext(), server.getURI(), issuer, "acme")
                .allow("POST /v1/advisories", "feed")
                .allow("GET /v1/advisories/held", "admin")
                .allow("POST /v1/advisories/held/{id}/release", "admin")
                .allow("POST /v1/advisories/held/{id}/reject", "admin")
                .allow("GET /v1/advisories/{id}", "admin", "feed")
                .findings();

        // Then
        assertEquals(List.of(), findings);
    }

    @Test
    void whatIsSentIsTakenInAsThoughItHadComeOverKafka() throws Exception {
        // When
        HttpResponse<String> answer =
                post("osv", "application/json", feed(), "[" + record("GHSA-1") + ", 7, " + record("GHSA-2") + "]");

        // Then
        assertEquals(202, answer.statusCode(), answer.body());
        JsonNode body = new ObjectMapper().readTree(answer.body());
        assertEquals(2, body.get("accepted").intValue());
        assertEquals(1, body.get("refused_count").intValue());
        assertEquals(1, body.get("refused").get(0).get("index").intValue());
        assertEquals(
                "record is no JSON object",
                body.get("refused").get(0).get("reason").textValue());
        assertEquals(record("GHSA-1"), published("GHSA-1").getOsv());
        assertTrue(published("GHSA-2").getReceivedAt().isPresent());
        await().atMost(Duration.ofSeconds(60))
                .until(() -> broker.readAll(Topics.ADVISORY_ACCEPTED.name()).stream()
                        .map(record -> ACCEPTED.decode(record.value()))
                        .anyMatch(advisory -> advisory.getAdvisoryId().equals("GHSA-2")));
    }

    @Test
    void takesOneRecordALine() throws Exception {
        HttpResponse<String> answer =
                post("osv", "application/x-ndjson", feed(), record("GHSA-3") + "\n" + record("GHSA-4") + "\n");

        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals("osv", published("GHSA-4").getFeed());
    }

    @Test
    void takesMoreThanAMegabyte() throws Exception {
        String large = record("GHSA-5").replace("\"id\"", "\"details\": \"" + "a".repeat(400_000) + "\", \"id\"");

        HttpResponse<String> answer =
                post("osv", "application/x-ndjson", feed(), String.join("\n", large, large, large, large));

        assertEquals(202, answer.statusCode(), answer.body());
    }

    @ParameterizedTest
    @CsvSource({
        "OSV,    application/json, {}, 400",
        "a%20b,  application/json, {}, 400",
        "osv,    application/json, nonsense, 400",
        "osv,    application/json, '', 400",
        "osv,    text/plain,       {}, 415",
    })
    void refusesWhatIsNoBatch(String feed, String contentType, String body, int status) throws Exception {
        assertEquals(status, post(feed, contentType, feed(), body).statusCode());
    }

    @Test
    void isForFeedsOnly() throws Exception {
        assertEquals(401, post("osv", "application/json", "", record("GHSA-6")).statusCode());
        assertEquals(
                403,
                post(
                                "osv",
                                "application/json",
                                issuer.token("other-1")
                                        .scope("proxy")
                                        .scope("platform")
                                        .scope("admin")
                                        .sign(),
                                record("GHSA-6"))
                        .statusCode());
        assertEquals(
                403,
                post(
                                "osv",
                                "application/json",
                                issuer.token("user-1").org("acme", "owner").sign(),
                                record("GHSA-6"))
                        .statusCode());
    }

    @ParameterizedTest
    @CsvSource({
        // subject, feed, status
        "feed-1,  osv,       202",
        "feed-2,  osv,       202",
        "partner, osv,       403",
        "osv,     osv,       403",
        "feed-1,  partner,   403",
        "partner, partner,   202",
        "partner, partner-2, 403",
        "'',      partner,   401",
    })
    void aFeedIsWhoseNameItIs(String subject, String feed, int status) throws Exception {
        // When
        String token =
                subject.isEmpty() ? "" : issuer.token(subject).scope("feed").sign();
        HttpResponse<String> answer = post(feed, "application/json", token, record("GHSA-7"));

        // Then
        assertEquals(status, answer.statusCode(), answer.body());
    }

    @Test
    void aRevisionFromTheFutureIsRefused() throws Exception {
        // When
        HttpResponse<String> answer =
                post("osv", "application/json", feed(), record("GHSA-8").replace("2026-04-17", "9999-04-17"));

        // Then
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals("""
                {"accepted":0,"refused_count":1,"refused":[\
                {"index":0,"reason":"modified is more than a day after the receipt"}]}""", answer.body());
    }

    @ParameterizedTest
    @CsvSource({"react, release, released", "react-dom, reject, rejected"})
    void whatIsHeldWaitsForAPersonWhoSaysWhy(String name, String word, String state) throws Exception {
        // Given
        broker.send(
                Topics.PACKAGE_POPULARITY.name(),
                RecordKeys.packagePopularity(new PackageKey(Ecosystem.NPM, name), 0)
                        .getBytes(UTF_8),
                MessageCodec.of(PackagePopularity.class).encode(new PackagePopularity("npm", name, 0, 128)));
        String all = record("MAL-" + name)
                .replace("event-stream", name)
                .replace(
                        "\"versions\": [\"3.3.6\"]",
                        "\"ranges\": [{\"type\": \"SEMVER\", \"events\": " + "[{\"introduced\": \"0\"}]}]");
        await().atMost(LONG).until(() -> {
            // Popularity comes on a way of its own: until it is there the advisory is as good as any.
            post("osv", "application/json", feed(), all.replace("MAL-", "MAL-" + COUNT.incrementAndGet() + "-"));
            return !held("held", name).isEmpty();
        });
        JsonNode held = held("held", name).getFirst();
        String path = "/v1/advisories/held/" + held.get("hold_id").textValue() + "/";

        // When
        List<Integer> refused = List.of(
                admin(path + word, "{}").statusCode(),
                admin(path + word, "{\"reason\": \" \"}").statusCode(),
                admin("/v1/advisories/held/nothing/" + word, WHY).statusCode(),
                admin("/v1/advisories/held?state=lost", null).statusCode());
        HttpResponse<String> taken = admin(path + word, WHY);

        // Then
        assertEquals(List.of(400, 400, 404, 400), refused);
        assertEquals(202, taken.statusCode(), taken.body());
        assertEquals(128, held.get("audiences").intValue());
        await().atMost(LONG)
                .until(() -> held(state, name).stream()
                        .anyMatch(row -> row.get("hold_id").equals(held.get("hold_id"))));
        JsonNode decided = held(state, name).getFirst();
        assertEquals("admin-1", decided.get("decided_by").textValue());
        assertEquals("the feed dropped the scope", decided.get("reason").textValue());
        assertEquals(409, admin(path + "reject", WHY).statusCode());
    }

    private static List<JsonNode> held(String state, String name) throws IOException, InterruptedException {
        HttpResponse<String> answer = admin("/v1/advisories/held?state=" + state, null);
        assertEquals(200, answer.statusCode(), answer.body());
        return new ObjectMapper()
                .readTree(answer.body())
                .get("advisories")
                .valueStream()
                .filter(row -> row.get("package_name").textValue().equals(name))
                .toList();
    }

    /** @param body null: a question */
    private static HttpResponse<String> admin(String path, @Nullable String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.getURI().resolve(path))
                .header("Content-Type", "application/json")
                .header(
                        "Authorization",
                        "Bearer " + issuer.token("admin-1").scope("admin").sign());
        return http.send(
                (body == null ? request : request.POST(BodyPublishers.ofString(body))).build(),
                BodyHandlers.ofString());
    }

    @Test
    void tellsWhatBecameOfAnAdvisoryToItsFeedAndToNobodyElsesFeed() throws Exception {
        // Given
        assertEquals(
                202, post("osv", "application/json", feed(), record("GHSA-40")).statusCode());
        String ofNoEcosystem = record("GHSA-41").replace("npm", "Go");
        assertEquals(202, post("osv", "application/json", feed(), ofNoEcosystem).statusCode());

        // When
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get("GHSA-40", feed()).body().contains("\"partitions_done\":1"));

        // Then
        JsonNode found = new ObjectMapper().readTree(get("GHSA-40", feed()).body());
        assertEquals("GHSA-40", found.get("id").textValue());
        JsonNode statement = found.get("statements").get(0);
        assertEquals("osv", statement.get("feed").textValue());
        assertEquals("accepted", statement.get("state").textValue());
        assertTrue(statement.get("scan").get("done").booleanValue());
        assertEquals(
                200, get("GHSA-40", issuer.token("feed-2").scope("feed").sign()).statusCode());
        assertEquals(
                200,
                get("GHSA-40", issuer.token("operator").scope("admin").sign()).statusCode());
        assertEquals(
                404,
                get("GHSA-40", issuer.token("partner").scope("feed").sign()).statusCode());
        assertEquals(404, get("GHSA", feed()).statusCode());
        assertEquals(404, get("GHSA-40%20osv", feed()).statusCode());
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get("GHSA-41", feed()).body().contains("\"state\":\"refused\""));
    }

    private static HttpResponse<String> get(String id, String token) throws Exception {
        return http.send(
                HttpRequest.newBuilder(server.getURI().resolve("/v1/advisories/" + id))
                        .header("Authorization", "Bearer " + token)
                        .build(),
                BodyHandlers.ofString());
    }

    /** There is nobody at its address, which is all that it takes to see who is asked. */
    @Test
    void aBucketThatIsConfiguredIsFetched() {
        await().atMost(LONG)
                .until(() -> http.send(
                                HttpRequest.newBuilder(server.getURI().resolve("/metrics"))
                                        .build(),
                                BodyHandlers.ofString())
                        .body()
                        .contains("tocsin_feeds_failures_total{feed=\"mirror\"}"));
    }

    @Test
    void describesItsRoutesToWhoeverMayAsk() throws Exception {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(server.getURI().resolve("/swagger/advisory-matcher-v1.yml"))
                        .header("Authorization", "Bearer " + feed())
                        .build(),
                BodyHandlers.ofString());

        assertEquals(200, answer.statusCode());
        assertTrue(answer.body().contains("/v1/advisories:"), answer.body());
    }

    /** Each batch is held whole: there is no place for more than two of one caller, and the neighbours' are free. */
    @Test
    void aSenderOfSlowBodiesTakesLittleAndKeepsNobodyElseOut() throws Exception {
        // Given
        String body = record("GHSA-9");
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Socket client = new Socket(server.getHost(), server.getPort());
            client.getOutputStream().write("""
                    POST /v1/advisories?feed=osv HTTP/1.1\r
                    host: example.org\r
                    connection: close\r
                    content-type: application/json\r
                    content-length: %d\r
                    authorization: Bearer %s\r
                    \r
                    {""".formatted(body.length(), feed()).getBytes(UTF_8));
            slow.add(client);
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> post("osv", "application/json", feed(), body).statusCode() == 429);

        // When
        HttpResponse<String> more = post("osv", "application/json", feed(), body);
        HttpResponse<String> neighbour = post(
                "neighbour",
                "application/json",
                issuer.token("neighbour").scope("feed").sign(),
                body);

        // Then
        assertEquals(429, more.statusCode());
        assertEquals(Optional.of("1"), more.headers().firstValue("retry-after"));
        assertEquals(202, neighbour.statusCode(), neighbour.body());
        for (Socket client : slow) {
            client.getOutputStream().write(body.substring(1).getBytes(UTF_8));
            assertTrue(new String(client.getInputStream().readAllBytes(), UTF_8).startsWith("HTTP/1.1 202"));
            client.close();
        }
        assertEquals(202, post("osv", "application/json", feed(), body).statusCode());
    }

    @Test
    void refusesABodyThatIsTooLarge() throws Exception {
        // Given
        byte[] blank = " ".repeat(1024 * 1024).getBytes(UTF_8);
        BodyPublisher endless = BodyPublishers.ofByteArrays(Collections.nCopies(20, blank));

        // When
        HttpResponse<String> answer = post("osv", "application/x-ndjson", feed(), endless);

        // Then
        assertEquals(413, answer.statusCode(), answer.body());
    }

    private static String feed() {
        return issuer.token("feed-1").scope("feed").sign();
    }

    private static String record(String id) {
        return "{\"id\": \"" + id + "\", \"modified\": \"2026-04-17T10:00:00Z\", \"affected\": [{\"package\": "
                + "{\"ecosystem\": \"npm\", \"name\": \"event-stream\"}, \"versions\": [\"3.3.6\"]}]}";
    }

    private static AdvisoryPublished published(String id) {
        return broker.readAll(Topics.ADVISORY_PUBLISHED.name()).stream()
                .filter(record -> id.equals(new String(record.key(), UTF_8)))
                .map(record -> PUBLISHED.decode(record.value()))
                .findFirst()
                .orElseThrow();
    }

    private static HttpResponse<String> post(String feed, String contentType, String token, String body)
            throws IOException, InterruptedException {
        return post(feed, contentType, token, BodyPublishers.ofString(body));
    }

    private static HttpResponse<String> post(String feed, String contentType, String token, BodyPublisher body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(server.getURI() + "/v1/advisories?feed=" + feed))
                .header("Content-Type", contentType)
                .POST(body);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
