package tocsin.matcher.feed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.feed.RunningMatcher.json;
import static tocsin.matcher.feed.RunningMatcher.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PackagePopularity;
import tocsin.testsupport.OpenApi;
import tocsin.testsupport.RequestBodies;
import tocsin.testsupport.TenantIsolation;
import tocsin.testsupport.TokenIssuer;

/** The whole service, as it starts. */
class AdvisoryControllerTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String WHY = "{\"reason\": \"the feed dropped the scope\"}";

    private static RunningMatcher matcher;

    @BeforeAll
    static void start(@TempDir Path directory) {
        matcher = new RunningMatcher(directory);
    }

    @AfterAll
    static void stop() {
        matcher.close();
    }

    @Test
    void refusesEverybodyElseAtEveryRouteOfTheService() {
        // When
        List<String> findings = new TenantIsolation(
                        matcher.server.getApplicationContext(), matcher.server.getURI(), matcher.issuer, "acme")
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
        HttpResponse<String> answer = matcher.post("[" + record("GHSA-1") + ", 7, " + record("GHSA-2") + "]");

        // Then
        assertEquals(202, answer.statusCode(), answer.body());
        JsonNode body = json(answer);
        assertEquals(2, body.get("accepted").intValue());
        assertEquals(1, body.get("refused_count").intValue());
        assertEquals(1, body.get("refused").get(0).get("index").intValue());
        assertEquals(
                "record is no JSON object",
                body.get("refused").get(0).get("reason").textValue());
        assertEquals(record("GHSA-1"), matcher.published("GHSA-1").getOsv());
        assertTrue(matcher.published("GHSA-2").getReceivedAt().isPresent());
        await().atMost(LONG).until(() -> matcher.hasAccepted("GHSA-2"));
    }

    @Test
    void takesOneRecordALine() throws Exception {
        HttpResponse<String> answer = matcher.post(
                "osv", "application/x-ndjson", matcher.feed(), record("GHSA-3") + "\n" + record("GHSA-4") + "\n");

        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals("osv", matcher.published("GHSA-4").getFeed());
    }

    @Test
    void takesMoreThanAMegabyte() throws Exception {
        String large = record("GHSA-5").replace("\"id\"", "\"details\": \"" + "a".repeat(400_000) + "\", \"id\"");

        HttpResponse<String> answer = matcher.post(
                "osv", "application/x-ndjson", matcher.feed(), String.join("\n", large, large, large, large));

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
        assertEquals(
                status, matcher.post(feed, contentType, matcher.feed(), body).statusCode());
    }

    @Test
    void isForFeedsOnly() throws Exception {
        TokenIssuer issuer = matcher.issuer;
        String proxy = issuer.token("other-1")
                .scope("proxy")
                .scope("platform")
                .scope("admin")
                .sign();
        String owner = issuer.token("user-1").org("acme", "owner").sign();

        assertEquals(
                401,
                matcher.post("osv", "application/json", "", record("GHSA-6")).statusCode());
        assertEquals(
                403,
                matcher.post("osv", "application/json", proxy, record("GHSA-6")).statusCode());
        assertEquals(
                403,
                matcher.post("osv", "application/json", owner, record("GHSA-6")).statusCode());
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
        String token = subject.isEmpty() ? "" : matcher.token(subject, "feed");
        HttpResponse<String> answer = matcher.post(feed, "application/json", token, record("GHSA-7"));

        // Then
        assertEquals(status, answer.statusCode(), answer.body());
    }

    @Test
    void aRevisionFromTheFutureIsRefused() throws Exception {
        // When
        HttpResponse<String> answer = matcher.post(record("GHSA-8").replace("2026-04-17", "9999-04-17"));

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
        JsonNode held = held(name);
        String path = "/v1/advisories/held/" + held.get("hold_id").textValue() + "/";

        // When
        List<Integer> refused = List.of(
                matcher.admin(path + word, "{}").statusCode(),
                matcher.admin(path + word, "{\"reason\": \" \"}").statusCode(),
                matcher.admin("/v1/advisories/held/nothing/" + word, WHY).statusCode(),
                matcher.admin("/v1/advisories/held?state=lost", null).statusCode());
        HttpResponse<String> taken = matcher.admin(path + word, WHY);

        // Then
        assertEquals(List.of(400, 400, 404, 400), refused);
        assertEquals(202, taken.statusCode(), taken.body());
        assertEquals(128, held.get("audiences").intValue());
        await().atMost(LONG)
                .until(() -> matcher.held(state, name).stream()
                        .anyMatch(row -> row.get("hold_id").equals(held.get("hold_id"))));
        JsonNode decided = matcher.held(state, name).getFirst();
        assertEquals("admin-1", decided.get("decided_by").textValue());
        assertEquals("the feed dropped the scope", decided.get("reason").textValue());
        assertEquals(409, matcher.admin(path + "reject", WHY).statusCode());
    }

    @Test
    void tellsWhatBecameOfAnAdvisoryToItsFeedAndToNobodyElsesFeed() throws Exception {
        // Given
        assertEquals(202, matcher.post(record("GHSA-40")).statusCode());
        String ofNoEcosystem = record("GHSA-41").replace("npm", "Go");
        assertEquals(202, matcher.post(ofNoEcosystem).statusCode());

        // When
        await().atMost(LONG)
                .until(() -> matcher.advisory("GHSA-40", matcher.feed()).body().contains("\"partitions_done\":1"));

        // Then
        JsonNode found = json(matcher.advisory("GHSA-40", matcher.feed()));
        assertEquals("GHSA-40", found.get("id").textValue());
        JsonNode statement = found.get("statements").get(0);
        assertEquals("osv", statement.get("feed").textValue());
        assertEquals("accepted", statement.get("state").textValue());
        assertTrue(statement.get("scan").get("done").booleanValue());
        assertEquals(200, statusOf("GHSA-40", matcher.token("feed-2", "feed")));
        assertEquals(200, statusOf("GHSA-40", matcher.token("operator", "admin")));
        assertEquals(404, statusOf("GHSA-40", matcher.token("partner", "feed")));
        assertEquals(404, statusOf("GHSA", matcher.feed()));
        assertEquals(404, statusOf("GHSA-40%20osv", matcher.feed()));
        await().atMost(LONG)
                .until(() -> matcher.advisory("GHSA-41", matcher.feed()).body().contains("\"state\":\"refused\""));
    }

    /** One of an advisory that names every version of a package which many fetch. */
    private static JsonNode held(String name) throws Exception {
        matcher.broker.send(
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
            matcher.post(all.replace("MAL-", "MAL-" + COUNT.incrementAndGet() + "-"));
            return !matcher.held("held", name).isEmpty();
        });
        return matcher.held("held", name).getFirst();
    }

    private static int statusOf(String id, String token) throws Exception {
        return matcher.advisory(id, token).statusCode();
    }

    /** There is nobody at its address, which is all that it takes to see who is asked. */
    @Test
    void aBucketThatIsConfiguredIsFetched() {
        await().atMost(LONG)
                .until(() ->
                        matcher.get("/metrics", "").body().contains("tocsin_feeds_failures_total{feed=\"mirror\"}"));
    }

    @Test
    void describesItsRoutesToWhoeverMayAsk() throws Exception {
        HttpResponse<String> answer = matcher.get("/swagger/advisory-matcher-v1.yml", matcher.feed());

        assertEquals(200, answer.statusCode());
        assertEquals(List.of(), OpenApi.findings(matcher.server.getApplicationContext(), answer.body()));
    }

    @Test
    void describesWhatBodiesMustHave() throws Exception {
        // Given
        String description =
                matcher.get("/swagger/advisory-matcher-v1.yml", matcher.feed()).body();

        // When
        List<String> findings = new RequestBodies(matcher.server.getURI(), description)
                .id("id", held("vue").get("hold_id").textValue())
                .takes("POST /v1/advisories/held/{id}/release", matcher.token("admin-1", "admin"), WHY)
                .takes("POST /v1/advisories/held/{id}/reject", matcher.token("admin-1", "admin"), WHY)
                .findings();

        // Then
        assertEquals(List.of(), findings);
    }

    /** Each batch is held whole: there is no place for more than two of one caller, and the neighbours' are free. */
    @Test
    void aSenderOfSlowBodiesTakesLittleAndKeepsNobodyElseOut() throws Exception {
        // Given
        String body = record("GHSA-9");
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Socket client = new Socket(matcher.server.getHost(), matcher.server.getPort());
            client.getOutputStream()
                    .write("""
                    POST /v1/advisories?feed=osv HTTP/1.1\r
                    host: example.org\r
                    connection: close\r
                    content-type: application/json\r
                    content-length: %d\r
                    authorization: Bearer %s\r
                    \r
                    {""".formatted(body.length(), matcher.feed()).getBytes(UTF_8));
            slow.add(client);
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> matcher.post(body).statusCode() == 429);

        // When
        HttpResponse<String> more = matcher.post(body);
        HttpResponse<String> neighbour =
                matcher.post("neighbour", "application/json", matcher.token("neighbour", "feed"), body);

        // Then
        assertEquals(429, more.statusCode());
        assertEquals(Optional.of("1"), more.headers().firstValue("retry-after"));
        assertEquals(202, neighbour.statusCode(), neighbour.body());
        for (Socket client : slow) {
            client.getOutputStream().write(body.substring(1).getBytes(UTF_8));
            assertTrue(new String(client.getInputStream().readAllBytes(), UTF_8).startsWith("HTTP/1.1 202"));
            client.close();
        }
        assertEquals(202, matcher.post(body).statusCode());
    }

    @Test
    void refusesABodyThatIsTooLarge() throws Exception {
        // Given
        byte[] blank = " ".repeat(1024 * 1024).getBytes(UTF_8);
        BodyPublisher endless = BodyPublishers.ofByteArrays(Collections.nCopies(20, blank));

        // When
        HttpResponse<String> answer = matcher.post("osv", "application/x-ndjson", matcher.feed(), endless);

        // Then
        assertEquals(413, answer.statusCode(), answer.body());
    }
}
