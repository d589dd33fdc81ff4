package tocsin.service.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.service.sample.SampleService;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.Token;

class EveryRouteTest {

    private static final SampleService SERVICE = SampleService.start();

    @AfterAll
    static void stop() {
        SERVICE.close();
    }

    private static Token token() {
        return SERVICE.issuer().token("somebody");
    }

    @Test
    void answersAGoodToken() {
        HttpResponse<String> response = SERVICE.getWith(token().sign(), "/v1/hello");
        assertEquals(200, response.statusCode());
        assertTrue(response.body().contains("\"text\":\"somebody\""), response.body());
    }

    static List<Map.Entry<String, String>> spoiltTokens() {
        return List.copyOf(token().scope("admin").spoilt().entrySet());
    }

    @ParameterizedTest
    @MethodSource("spoiltTokens")
    void refusesATokenThatIsSpoilt(Map.Entry<String, String> spoilt) {
        HttpResponse<String> response = SERVICE.getWith(spoilt.getValue(), "/v1/hello");
        assertEquals(401, response.statusCode(), spoilt.getKey());
        assertTrue(response.headers().firstValue("www-authenticate").isPresent());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/hello",
                "/v1/orgs/org-1/secrets",
                "/unknown",
                "/",
                "/health/other",
                "/metrics/x",
                "/prometheus",
                "/beans",
                "/env",
                "/loggers",
                "/v1/signed/a/b",
                "/v1/signed/../hello",
                "/login"
            })
    void refusesEveryPathWithoutAToken(String path) {
        assertEquals(401, SERVICE.get(path).statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health/liveness", "/metrics", "/v1/signed/abcd"})
    void opensWhatIsListed(String path) {
        assertEquals(200, SERVICE.get(path).statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/prometheus", "/beans", "/env", "/loggers", "/stop", "/routes", "/token_info"})
    void hasNoOtherManagementEndpoint(String path) {
        assertEquals(404, SERVICE.getWith(token().scope("admin").sign(), path).statusCode());
    }

    @ParameterizedTest
    @CsvSource({
        "owner,   200",
        "manager, 200",
        "member,  403",
        "Owner,   403",
        "king,    403",
    })
    void letsARoleInThatIsHighEnough(String role, int status) {
        String token = token().org("org-1", role).sign();
        assertEquals(status, SERVICE.getWith(token, "/v1/orgs/org-1/secrets").statusCode());
    }

    @Test
    void tellsAnOutsiderNothingOfAnOrganisation() {
        // Given one token of a member and one of a stranger
        String member = token().org("org-1", "member").sign();
        String stranger = token().org("org-2", "owner").sign();
        // When both ask for what only managers see
        HttpResponse<String> tooLow = SERVICE.getWith(member, "/v1/orgs/org-1/secrets");
        HttpResponse<String> outside = SERVICE.getWith(stranger, "/v1/orgs/org-1/secrets");
        // Then the answers are the same
        assertEquals(403, outside.statusCode());
        assertEquals(tooLow.body(), outside.body());
    }

    @ParameterizedTest
    @CsvSource({"admin, 200", "feed, 403", "ADMIN, 403", "'proxy admin', 200", "administrator, 403", "' admin ', 200"})
    void asksForTheScope(String scope, int status) {
        String token = token().claim("scope", scope).sign();
        assertEquals(status, SERVICE.getWith(token, "/v1/admin").statusCode());
    }

    static List<Map.Entry<String, Object>> strangeClaims() {
        return List.of(
                Map.entry("orgs", List.of("org-1")),
                Map.entry("orgs", "org-1"),
                Map.entry("orgs", 7),
                Map.entry("orgs", Map.of("org-1", List.of("owner"))),
                Map.entry("orgs", Map.of("org-1", 1)),
                Map.entry("scope", List.of("admin")),
                Map.entry("scope", 1),
                Map.entry("sub", ""),
                Map.entry("sub", "s".repeat(300)),
                Map.entry("nbf", 4_000_000_000L));
    }

    @ParameterizedTest
    @MethodSource("strangeClaims")
    void refusesClaimsOfAnotherShape(Map.Entry<String, Object> claim) {
        String token = token().claim(claim.getKey(), claim.getValue()).sign();
        assertEquals(401, SERVICE.getWith(token, "/v1/hello").statusCode());
    }

    @Test
    void saysThatItCannotTellWhileTheIssuerIsAway() {
        // Given a service that never got its issuer's keys, since nobody listens there
        String nowhere = "http://127.0.0.1:" + FreePorts.one() + "/jwks.json";
        try (SampleService service = SampleService.start(Map.of("tocsin.security.jwks-url", nowhere))) {
            // When
            HttpResponse<String> response =
                    service.getWith(service.issuer().token("somebody").sign(), "/v1/hello");
            // Then
            assertEquals(503, response.statusCode());
            assertFalse(response.body().contains("127.0.0.1"), response.body());
        }
    }
}
