package tocsin.service.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLDecoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.service.sample.SampleService;

class ProblemTest {

    private static final SampleService SERVICE = SampleService.start();

    @AfterAll
    static void stop() {
        SERVICE.close();
    }

    private static HttpResponse<String> get(String path) {
        return SERVICE.send(SERVICE.authorized(path));
    }

    private static HttpResponse<String> post(String type, String body) {
        return SERVICE.send(
                SERVICE.authorized("/v1/greetings").header("content-type", type).POST(BodyPublishers.ofString(body)));
    }

    private static void assertProblem(
            HttpResponse<String> response, int status, String title, String detail, String instance) {
        assertEquals(
                "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\",\"instance\":\"%s\"}"
                        .formatted(title, status, detail, instance),
                response.body());
        assertEquals(status, response.statusCode());
        assertEquals(
                "application/problem+json",
                response.headers().firstValue("content-type").orElse(""));
    }

    @Test
    void isWhatAServiceThrew() {
        assertProblem(get("/v1/conflict?x=1"), 409, "Conflict", "It is there already.", "/v1/conflict");
    }

    @Test
    void namesWhatIsNotValid() {
        assertProblem(
                post("application/json", "{\"name\":\" \"}"),
                400,
                "Bad Request",
                "greeting.name: must not be blank",
                "/v1/greetings");
    }

    @Test
    void tellsNothingOfAnUnreadableBody() {
        assertProblem(
                post("application/json", "{\"name\":"),
                400,
                "Bad Request",
                "The request cannot be read.",
                "/v1/greetings");
    }

    @Test
    void tellsNothingOfABodyOfTheWrongShape() {
        assertProblem(
                post("application/json", "{\"name\":{\"a\":1}}"),
                400,
                "Bad Request",
                "greeting: cannot be read",
                "/v1/greetings");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bad%20org", "a~b", "%C3%BC", "org:1"})
    void knowsNoOrganisationOfAnIdThatNoMessageCanName(String id) {
        // Given somebody whose issuer gives him the role there
        String token = SERVICE.issuer()
                .token("owner")
                .org(URLDecoder.decode(id, StandardCharsets.UTF_8), "owner")
                .sign();

        // When
        HttpResponse<String> response = SERVICE.getWith(token, "/v1/orgs/" + id + "/secrets");

        // Then
        assertEquals(404, response.statusCode(), response.body());
        assertTrue(response.body().contains("There is no such organisation"), response.body());
    }

    @Test
    void knowsNothingOfAPathWithAControlCharacter() {
        // When / Then
        assertProblem(get("/v1/signed/a%00bcd"), 404, "Not Found", "There is nothing here.", "/v1/signed/a%00bcd");
    }

    @Test
    void saysNothingOfOrganisationsToSomebodyWithoutAToken() {
        // When / Then
        assertEquals(401, SERVICE.get("/v1/orgs/bad%20org/secrets").statusCode());
    }

    @Test
    void namesAParameterThatCannotBeRead() {
        assertProblem(get("/v1/numbers/x"), 400, "Bad Request", "number: cannot be read", "/v1/numbers/x");
    }

    @Test
    void standsForAnUnknownPath() {
        assertProblem(get("/v1/nowhere"), 404, "Not Found", "There is nothing here.", "/v1/nowhere");
    }

    @Test
    void standsForAWrongMethod() {
        assertProblem(
                get("/v1/greetings"), 405, "Method Not Allowed", "This method is not allowed here.", "/v1/greetings");
    }

    @Test
    void standsForAWrongType() {
        assertProblem(
                post("text/plain", "x"),
                415,
                "Unsupported Media Type",
                "A body of this type cannot be read here.",
                "/v1/greetings");
    }

    @Test
    void standsForABodyThatIsTooLarge() {
        assertProblem(
                post("application/json", "{\"name\":\"" + "x".repeat(1024 * 1024) + "\"}"),
                413,
                "Request Entity Too Large",
                "The request is too large.",
                "/v1/greetings");
    }

    @Test
    void standsForAMissingToken() {
        assertProblem(SERVICE.get("/v1/hello"), 401, "Unauthorized", "This needs a valid bearer token.", "/v1/hello");
    }

    @Test
    void standsForARoleThatIsMissing() {
        assertProblem(
                get("/v1/orgs/org-1/secrets"),
                403,
                "Forbidden",
                "This needs the role manager in the organisation.",
                "/v1/orgs/org-1/secrets");
    }

    @Test
    void tellsNothingOfABug() {
        assertProblem(get("/v1/bug"), 500, "Internal Server Error", "Something went wrong on our side.", "/v1/bug");
    }

    @Test
    void leavesRequestsThatAreFineAlone() {
        // When
        HttpResponse<String> response = get("/v1/hello");
        // Then it ran where it may block, kept the empty list and left out what is absent, and nobody told what the
        // server is
        assertEquals("{\"text\":\"somebody\",\"virtual\":true,\"nobody\":[]}", response.body());
        assertTrue(response.headers().firstValue("server").isEmpty());
        assertFalse(response.headers().firstValue("content-type").orElse("").contains("problem"));
    }
}
