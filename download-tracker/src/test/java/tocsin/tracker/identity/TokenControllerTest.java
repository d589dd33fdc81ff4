package tocsin.tracker.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.TokenIssuer;

/** The whole service, as it starts. */
class TokenControllerTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final MessageCodec<TokenRegistered> REGISTERED = MessageCodec.of(TokenRegistered.class);
    private static final String BOT = """
            {"org_id": "acme", "principal": {"type": "ci_cd", "id": "bot-1", "name": "deploy", "repository": "acme/shop"}}""";

    private static KafkaBroker broker;
    private static TokenIssuer issuer;
    private static EmbeddedServer server;
    private static HttpClient http;

    @BeforeAll
    static void startTracker() {
        broker = KafkaBroker.start();
        for (String topic : List.of(
                Topics.DOWNLOAD_OBSERVED.name(),
                Topics.DOWNLOAD_RECORDED.name(),
                Topics.TOKEN_REGISTERED.name(),
                Topics.quarantineOf("download-tracker").name())) {
            broker.createTopic(topic, 1);
        }
        issuer = TokenIssuer.start();
        server = ApplicationContext.run(
                EmbeddedServer.class,
                Map.of(
                        "micronaut.application.name", "download-tracker",
                        "micronaut.server.port", -1,
                        "kafka.bootstrap.servers", broker.bootstrapServers(),
                        "tocsin.security.issuer", issuer.issuer(),
                        "tocsin.security.audience", issuer.audience(),
                        "tocsin.security.jwks-url", issuer.jwksUrl()));
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stopTracker() {
        http.close();
        server.close();
        issuer.close();
        broker.close();
    }

    @Test
    void registersATokenOfAnOrganisation() throws Exception {
        // Given
        String id = newId();

        // When
        HttpResponse<String> answer = put(id, BOT, platform());

        // Then
        assertEquals(202, answer.statusCode(), answer.body());
        TokenRegistered registered = registered(id).orElseThrow();
        assertEquals(id, registered.getTokenId());
        assertEquals(Optional.of("acme"), registered.getOrgId());
        assertEquals(
                PrincipalType.CI_CD, registered.getPrincipal().orElseThrow().getType());
        assertEquals(Optional.of("acme/shop"), registered.getPrincipal().get().getRepository());
    }

    @Test
    void registersATokenOfAPerson() throws Exception {
        // Given
        String id = newId();

        // When
        HttpResponse<String> answer = put(id, """
                {"verified_email": "ann@example.org", "verified_at": "2026-04-01T00:00:00Z", "language": "ja"}""", platform());

        // Then
        assertEquals(202, answer.statusCode(), answer.body());
        TokenRegistered registered = registered(id).orElseThrow();
        assertEquals(Optional.of("ann@example.org"), registered.getVerifiedEmail());
        assertEquals(Optional.of(Instant.parse("2026-04-01T00:00:00Z")), registered.getVerifiedAt());
        assertEquals("ja", registered.getLanguage());
    }

    @Test
    void revokesAToken() throws Exception {
        // Given
        String id = newId();
        put(id, BOT, platform());

        // When
        HttpResponse<String> answer = send(request(id, platform()).DELETE());

        // Then
        assertEquals(202, answer.statusCode(), answer.body());
        TokenRegistered left = registered(id).orElseThrow();
        assertTrue(left.getRevokedAt().isPresent());
        assertEquals(Optional.of("acme"), left.getOrgId());
        assertEquals(Optional.of("bot-1"), left.getPrincipal().map(it -> it.getId()));
        assertEquals(Optional.empty(), left.getPrincipal().get().getName());
    }

    @Test
    void revokesATokenThatWasNeverRegisteredWithoutAWord() throws Exception {
        // Given
        String id = newId();

        // When
        HttpResponse<String> answer = send(request(id, platform()).DELETE());

        // Then
        assertEquals(202, answer.statusCode(), answer.body());
        assertNothingStored(id);
    }

    @Test
    void saysSinceWhenATokenIsItsNextHolders() throws Exception {
        // Given
        String id = newId();
        put(id, BOT, platform());
        assertEquals(Optional.empty(), registered(id).orElseThrow().getHeldSince());

        // When
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        put(id, BOT.replace("acme", "globex"), platform());

        // Then
        Instant since = registered(id).orElseThrow().getHeldSince().orElseThrow();
        assertFalse(since.isBefore(before));
        // And it stays so when they tell of it again
        put(id, BOT.replace("acme", "globex").replace("deploy", "release"), platform());
        assertEquals(Optional.of(since), registered(id).orElseThrow().getHeldSince());
    }

    @Test
    void remembersTheLastHolderOfARevokedToken() throws Exception {
        // Given
        String id = newId();
        put(id, BOT, platform());
        send(request(id, platform()).DELETE());
        Instant revoked = registered(id).orElseThrow().getRevokedAt().orElseThrow();

        // When
        put(id, BOT.replace("acme", "globex"), platform());

        // Then
        assertEquals(Optional.of(revoked), registered(id).orElseThrow().getHeldSince());
    }

    @Test
    void answersOnlyWithAToken() throws Exception {
        // Given
        String id = newId();

        // When
        HttpResponse<String> put = send(request(id, "").PUT(BodyPublishers.ofString(BOT)));
        HttpResponse<String> delete = send(request(id, "").DELETE());

        // Then
        assertEquals(List.of(401, 401), List.of(put.statusCode(), delete.statusCode()));
        assertNothingStored(id);
    }

    @Test
    void acceptsNoSpoiltToken() throws Exception {
        for (Map.Entry<String, String> spoilt :
                issuer.token("platform").scope("platform").spoilt().entrySet()) {
            // When
            HttpResponse<String> answer = put(newId(), BOT, spoilt.getValue());

            // Then
            assertEquals(401, answer.statusCode(), spoilt.getKey());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy", "feed", "admin"})
    void answersNoOtherScope(String scope) throws Exception {
        // Given
        String id = newId();
        String token =
                issuer.token("somebody").scope(scope).org("acme", "owner").sign();

        // When
        HttpResponse<String> put = put(id, BOT, token);
        HttpResponse<String> delete = send(request(id, token).DELETE());

        // Then
        assertEquals(List.of(403, 403), List.of(put.statusCode(), delete.statusCode()));
        assertNothingStored(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"npm_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789", "ABCDEF", "5e5e"})
    void refusesAnIdThatIsNoSha256AndDoesNotRepeatIt(String raw) throws Exception {
        // When
        HttpResponse<String> answer = put(raw, BOT, platform());

        // Then
        assertEquals(400, answer.statusCode());
        assertEquals(
                "application/problem+json",
                answer.headers().firstValue("content-type").orElse(""));
        assertTrue(answer.body().contains("SHA-256 of the token: 64 lower-case hexadecimal digits"), answer.body());
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', textBlock = """
            {"org_id": "acme"}                                                                              | organisation without principal
            {"principal": {"type": "ci_cd", "id": "b"}}                                                     | principal without organisation
            {"org_id": "a b", "principal": {"type": "ci_cd", "id": "b"}}                                    | organisation id must have
            {"org_id": "acme", "principal": {"type": "robot", "id": "b"}}                                   | principal.type must be
            {"org_id": "acme", "principal": {"type": "ci_cd"}}                                              | principal id must have
            {"org_id": "acme", "principal": {"type": "human", "id": "a", "email": "ann"}}                   | principal.email is not an e-mail address
            {"org_id": "acme", "principal": {"type": "ci_cd", "id": "b"}, "verified_email": "a@example.org", "verified_at": "2026-04-01T00:00:00Z"} | token of an organisation and of a person
            {"verified_email": "a@example.org"}                                                             | verified_email and verified_at go together
            {"verified_at": "2026-04-01T00:00:00Z"}                                                         | verified_email and verified_at go together
            {"verified_email": "a@b@example.org", "verified_at": "2026-04-01T00:00:00Z"}                    | verified_email is not an e-mail address
            {"verified_email": "a@example.org>", "verified_at": "2026-04-01T00:00:00Z"}                     | verified_email is not an e-mail address
            {"verified_email": "a@example.org", "verified_at": "+100000-04-01T00:00:00Z"}                   | verified_at is not in the years
            {"language": "tlh"}                                                                             | language must be en or ja
            """)
    void refusesABodyThatDoesNotFitTogether(String body, String reason) throws Exception {
        // Given
        String id = newId();

        // When
        HttpResponse<String> answer = put(id, body, platform());

        // Then
        assertEquals(400, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains(reason), answer.body());
        assertNothingStored(id);
    }

    @Test
    void refusesAFieldThatItDoesNotKnow() throws Exception {
        // Given
        String id = newId();

        // When
        HttpResponse<String> answer = put(id, """
                {"verifiedEmail": "ann@example.org"}""", platform());

        // Then
        assertEquals(400, answer.statusCode(), answer.body());
        assertNothingStored(id);
    }

    @Test
    void describesItsRoutesToWhoeverMayAsk() throws Exception {
        // Given
        URI document = server.getURI().resolve("/swagger/download-tracker-v1.yml");

        // When
        HttpResponse<String> answer =
                send(HttpRequest.newBuilder(document).header("authorization", "Bearer " + platform()));

        // Then
        assertEquals(200, answer.statusCode());
        assertTrue(answer.body().contains("/v1/tokens/{id}:"), answer.body());
        assertFalse(answer.body().contains("Caller"), answer.body());
    }

    @Test
    void isReadyOnceItKnowsTheTokens() {
        await().atMost(LIMIT).untilAsserted(() -> {
            HttpResponse<String> answer =
                    send(HttpRequest.newBuilder(server.getURI().resolve("/health/readiness")));
            assertEquals(200, answer.statusCode(), answer.body());
        });
    }

    private static String newId() {
        return (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
    }

    private static String platform() {
        return issuer.token("platform").scope("platform").sign();
    }

    private static HttpResponse<String> put(String id, String body, String bearer) throws Exception {
        return send(request(id, bearer).PUT(BodyPublishers.ofString(body)));
    }

    private static HttpRequest.Builder request(String id, String bearer) {
        URI uri = server.getURI().resolve("/v1/tokens/" + id);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("content-type", "application/json");
        return bearer.isEmpty() ? request : request.header("authorization", "Bearer " + bearer);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    /** What the topic says of the token now; an answer of 202 means that it is there. */
    private static Optional<TokenRegistered> registered(String id) {
        ConsumerRecord<byte[], byte[]> last = broker.readAll(Topics.TOKEN_REGISTERED.name()).stream()
                .filter(record -> new String(record.key(), UTF_8).equals(id))
                .reduce((_, later) -> later)
                .orElseThrow();
        return Optional.ofNullable(last.value()).map(REGISTERED::decode);
    }

    private static void assertNothingStored(String id) {
        assertFalse(
                broker.readAll(Topics.TOKEN_REGISTERED.name()).stream()
                        .anyMatch(record -> new String(record.key(), UTF_8).equals(id)),
                "nothing is stored for " + id);
    }
}
