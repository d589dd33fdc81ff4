package tocsin.local.shiplog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of the shapes that the proxies write; the values are made up. */
class LogFormatTest {

    private static final String VERDACCIO_END = """
            {"level":35,"time":1776241800123,"pid":7,"hostname":"proxy","sub":"in","request":{"method":"GET","url":"/event-stream/-/event-stream-3.3.6.tgz"},"user":"jane","remoteIP":"192.0.2.7","status":200,"bytes":{"in":0,"out":4096},"msg":"200, user: jane(192.0.2.7), req: 'GET /event-stream/-/event-stream-3.3.6.tgz', bytes: 0/4096"}""";

    private static final String NGINX = """
            {"msec":"1776241800.123","request_id":"0a1b2c3d4e5f60718293a4b5c6d7e8f9","remote_user":"","http_authorization":"","request_method":"GET","request_uri":"/event-stream/-/event-stream-3.3.6.tgz","status":"200","body_bytes_sent":"4096","http_user_agent":"npm/11.19.1"}""";

    private static final String NEXUS = """
            192.0.2.7 - jane [15/Apr/2026:08:30:00 +0000] "GET /repository/npm-proxy/event-stream/-/event-stream-3.3.6.tgz HTTP/1.1" 200 - 4096 12 "npm/11.19.1 node/v20" [qtp1-21]""";

    private static final String ARTIFACTORY =
            "2026-04-15T08:30:00.123Z|4a3b2c1d|192.0.2.7|jane|GET|/api/npm/npm-remote/event-stream/-/event-stream-3.3.6.tgz|200|-1|4096|12|npm/11.19.1 | node";

    private static LoggedRequest told(LogFormat format, String line) {
        return assertInstanceOf(LogLine.Told.class, format.read(line)).request();
    }

    @Test
    void readsTheLineOfAFinishedAnswerOfVerdaccio() {
        assertEquals(
                new LoggedRequest(
                        Optional.empty(),
                        Instant.parse("2026-04-15T08:30:00.123Z"),
                        "GET",
                        "/event-stream/-/event-stream-3.3.6.tgz",
                        200,
                        OptionalLong.of(4096),
                        Optional.of("jane"),
                        Optional.empty()),
                told(LogFormat.VERDACCIO, VERDACCIO_END));
    }

    @Test
    void ignoresWhatVerdaccioLogsBeforeTheAnswerIsFinished() {
        // When the request comes, with its headers; when the answer begins, of nobody and without bytes; and what is no
        // request at all
        String asked = """
                {"level":35,"time":1776241800100,"sub":"in","req":{"method":"GET","url":"/event-stream/-/event-stream-3.3.6.tgz","headers":{"authorization":"<Classified>"}},"ip":"192.0.2.7","msg":"requested"}""";
        String begun =
                VERDACCIO_END.replace("\"user\":\"jane\"", "\"user\":null").replace("\"out\":4096", "\"out\":0");
        String started = "{\"level\":40,\"time\":1776241800000,\"msg\":\"http address - http://localhost:4873/\"}";

        assertInstanceOf(LogLine.Ignored.class, LogFormat.VERDACCIO.read(asked));
        assertInstanceOf(LogLine.Ignored.class, LogFormat.VERDACCIO.read(begun));
        assertInstanceOf(LogLine.Ignored.class, LogFormat.VERDACCIO.read(started));
        assertInstanceOf(LogLine.Ignored.class, LogFormat.VERDACCIO.read(""));
    }

    @Test
    void tellsOfAVerdaccioThatRedirectsWithoutBytes() {
        LoggedRequest redirected = told(
                LogFormat.VERDACCIO,
                VERDACCIO_END.replace("\"status\":200", "\"status\":302").replace("\"out\":4096", "\"out\":0"));

        assertEquals(302, redirected.status());
    }

    @Test
    void readsALineOfNginx() {
        assertEquals(
                new LoggedRequest(
                        Optional.of("0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
                        Instant.parse("2026-04-15T08:30:00.123Z"),
                        "GET",
                        "/event-stream/-/event-stream-3.3.6.tgz",
                        200,
                        OptionalLong.of(4096),
                        Optional.empty(),
                        Optional.empty()),
                told(LogFormat.NGINX, NGINX));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            Bearer npm_secretToken,      -,    same
            bearer npm_secretToken,      -,    same
            Basic jane:hunter2,          jane, -
            Basic __token__:npm_secretToken, -, same
            Basic npm_secretToken:,      -,    same
            Basic __token__:,            -,    -
            Digest whatever,             -,    -
            Basic !!!,                   -,    -
            """)
    void takesFromAnAuthorizationOnlyWhatMayLeave(String header, String user, String token) {
        // Given
        String sent = header.startsWith("Basic ") && header.contains(":")
                ? "Basic "
                        + Base64.getEncoder().encodeToString(header.substring(6).getBytes(UTF_8))
                : header;

        // When
        LoggedRequest request = told(
                LogFormat.NGINX,
                NGINX.replace("\"http_authorization\":\"\"", "\"http_authorization\":\"" + sent + "\""));

        // Then
        assertEquals(user.equals("-") ? Optional.empty() : Optional.of(user), request.user());
        assertEquals(
                token.equals("-") ? Optional.empty() : Optional.of(Credentials.sha256("npm_secretToken")),
                request.tokenId());
    }

    /** nginx' {@code $remote_user} is whatever stands before the colon of Basic. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            npm_secretToken, npm_secretToken:,          -
            __token__,       __token__:npm_secretToken, -
            npm_secretToken, -,                         sha256
            """)
    void makesNoUserOfATokenInTheUsersPlace(String remoteUser, String basic, String hashed) {
        // Given
        String header = basic == null ? "" : "Basic " + Base64.getEncoder().encodeToString(basic.getBytes(UTF_8));
        String id = Credentials.sha256("npm_secretToken");
        String line = NGINX.replace("\"remote_user\":\"\"", "\"remote_user\":\"" + remoteUser + "\"")
                .replace("\"http_authorization\":\"\"", "\"http_authorization\":\"" + header + "\"")
                .replace("\"status\"", hashed == null ? "\"status\"" : "\"token_sha256\":\"" + id + "\",\"status\"");

        // When
        LoggedRequest request = told(LogFormat.NGINX, line);

        // Then
        assertEquals(Optional.empty(), request.user());
        assertEquals(Optional.of(id), request.tokenId());
    }

    @Test
    void readsALineOfNexus() {
        assertEquals(
                new LoggedRequest(
                        Optional.empty(),
                        Instant.parse("2026-04-15T08:30:00Z"),
                        "GET",
                        "/repository/npm-proxy/event-stream/-/event-stream-3.3.6.tgz",
                        200,
                        OptionalLong.of(4096),
                        Optional.of("jane"),
                        Optional.empty()),
                told(LogFormat.NEXUS, NEXUS));
    }

    @Test
    void readsALineOfArtifactory() {
        assertEquals(
                new LoggedRequest(
                        Optional.empty(),
                        Instant.parse("2026-04-15T08:30:00.123Z"),
                        "GET",
                        "/api/npm/npm-remote/event-stream/-/event-stream-3.3.6.tgz",
                        200,
                        OptionalLong.of(4096),
                        Optional.of("jane"),
                        Optional.empty()),
                told(LogFormat.ARTIFACTORY, ARTIFACTORY));
    }

    @ParameterizedTest
    @CsvSource({
        "NEXUS, - jane [, - - [",
        "NEXUS, - jane [, - anonymous [",
        "ARTIFACTORY, |jane|, |non_authenticated_user|",
        "ARTIFACTORY, |jane|, |anonymous|",
        "VERDACCIO, '\"user\":\"jane\"', '\"user\":null'",
    })
    void knowsNobody(LogFormat format, String somebody, String nobody) {
        assertEquals(
                Optional.empty(),
                told(format, sample(format).replace(somebody, nobody)).user());
    }

    @ParameterizedTest
    @CsvSource({"VERDACCIO", "NGINX", "NEXUS", "ARTIFACTORY"})
    void leavesOutOfThePathWhatMayBeASecret(LogFormat format) {
        // Given
        String path = told(format, sample(format)).target();

        // Then
        assertEquals(
                path,
                told(format, sample(format).replace(".tgz", ".tgz?token=npm_secret#x"))
                        .target());
        assertEquals(
                path,
                told(
                                format,
                                sample(format)
                                        .replaceFirst(
                                                "(?=/[a-z/-]*event-stream/-/)", "http://jane:secret@proxy.example.com"))
                        .target());
    }

    /** {@code npm logout} puts it there itself. */
    @ParameterizedTest
    @CsvSource({"VERDACCIO", "NGINX", "NEXUS", "ARTIFACTORY"})
    void leavesOutOfThePathATokenThatIsLoggedOut(LogFormat format) {
        // Given
        String path = told(format, sample(format)).target();
        String before = path.substring(0, path.indexOf("event-stream/"));
        String line = sample(format)
                .replace("GET", "DELETE")
                .replace("event-stream/-/event-stream-3.3.6.tgz", "-/user/token/npm_secret");

        // When
        LoggedRequest request = told(format, line);

        // Then
        assertEquals("DELETE", request.method());
        assertEquals(before + "-/user/token/", request.target());
    }

    @ParameterizedTest
    @CsvSource({
        "/-/user/token/SECRET, /-/user/token/",
        "/-/user/token/SEC/RET, /-/user/token/",
        "/npm/-/npm/v1/tokens/token/SECRET, /npm/-/npm/v1/tokens/",
        "/-%2fuser%2Ftoken%2FSECRET, /-%2fuser%2Ftoken%2F",
        "/-/user/%74o%6Ben/SECRET, /-/user/%74o%6Ben/",
        "/%2d/user%252ftoken%252fSECRET, /%2d/user%252ftoken%252f",
        "//-//user//token//SECRET, //-//user//token//",
        "/-/User/Token/SECRET, /-/User/Token/",
        "/-/v1/login_cli/SECRET, /-/v1/login_cli/",
        "/-/v1/login_cli%2fSEC%2fRET, /-/v1/login_cli%2f",
        "/-/v1/login%5Fcli/SECRET, /-/v1/login%5Fcli/",
        "/-/v1/done/SECRET, /-/v1/done/",
        "/token/-/token-1.0.0.tgz, /token/-/token-1.0.0.tgz",
        "/@token/done/-/@token/done-1.0.0.tgz, /@token/done/-/@token/done-1.0.0.tgz",
        "/login/-/login-1.0.0.tgz, /login/-/login-1.0.0.tgz",
        "/-/-/--0.0.1.tgz, /-/-/--0.0.1.tgz",
        "/-/user/org.couchdb.user:jane, /-/user/org.couchdb.user:jane",
    })
    void keepsOfAPathWhatIsNoSecret(String sent, String kept) {
        assertEquals(kept, LoggedPath.of(sent));
    }

    /** A path is anybody's: one line must not keep the others waiting. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "%2f", "%25", "/-/", "/-/token", "/-/%25%2f", "-/", "login/"})
    void isNotHeldUpByAPathThatRepeatsItself(String part) {
        String path = ("/-" + part.repeat(2048)).substring(0, 2048);
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> LoggedPath.of(path));
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> LoggedPath.of(path.substring(2)));
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> LoggedPath.of(path.substring(0, 2040) + "token/x"));
    }

    @ParameterizedTest
    @CsvSource({"npm_secret", "Bearer npm_secret", "ABCDEF"})
    void passesOnNoTokenInThePlaceOfItsHash(String token) {
        String line = NGINX.replace("{", "{\"token_sha256\":\"" + token + "\",");
        assertEquals(
                "token_sha256 is no SHA-256",
                assertInstanceOf(LogLine.Bad.class, LogFormat.NGINX.read(line)).reason());
    }

    @Test
    void readsAHashInCapitalsAndNobodyFromTheHashOfNothing() {
        String hash = Credentials.sha256("npm_secret");
        assertEquals(
                Optional.of(hash),
                told(
                                LogFormat.NGINX,
                                NGINX.replace("{", "{\"token_sha256\":\"" + hash.toUpperCase(Locale.ROOT) + "\","))
                        .tokenId());
        assertEquals(
                Optional.empty(),
                told(LogFormat.NGINX, NGINX.replace("{", "{\"token_sha256\":\"" + Credentials.sha256("") + "\","))
                        .tokenId());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            VERDACCIO ~ {"request":{"method":"GET","url":"/x"},"status":200,"bytes":{"out":1}}
            VERDACCIO ~ {"request":{"method":"GET"},"status":200,"time":1,"bytes":{"out":1}}
            VERDACCIO ~ {"request":{"method":"GET","url":"/x"},"status":"x","time":1,"bytes":{"out":1}}
            VERDACCIO ~ npm http proxy
            VERDACCIO ~ [1]
            NGINX ~ {"request_method":"GET","request_uri":"/x","status":"200"}
            NGINX ~ {"request_method":"GET","request_uri":"/x","status":"200","msec":"1e999999999"}
            NGINX ~ {"request_method":"GET"
            NEXUS ~ 192.0.2.7 - jane [15/Foo/2026:08:30:00 +0000] "GET /x HTTP/1.1" 200 - 1 12 "a" [b]
            NEXUS ~ 192.0.2.7 - jane "GET /x HTTP/1.1" 200
            ARTIFACTORY ~ 2026-04-15T08:30:00.123Z|trace|192.0.2.7|jane|GET|/x
            ARTIFACTORY ~ yesterday|trace|192.0.2.7|jane|GET|/x|200|-1|1|1|a
            ARTIFACTORY ~ 2026-04-15T08:30:00.123Z|trace|192.0.2.7|jane|GET|/x|abc|-1|1|1|a
            """)
    void saysWhatIsNoLineWithoutRepeatingIt(LogFormat format, String line) {
        String reason = assertInstanceOf(LogLine.Bad.class, format.read(line)).reason();

        assertFalse(reason.isBlank());
        assertFalse(reason.contains("jane") || reason.contains("/x"), reason);
    }

    @ParameterizedTest
    @CsvSource({"VERDACCIO", "NGINX", "NEXUS", "ARTIFACTORY"})
    void refusesWhatIsTooLong(LogFormat format) {
        assertInstanceOf(LogLine.Bad.class, format.read("x".repeat(LogFormat.MAX_LINE + 1)));
        assertTrue(format.read("[".repeat(LogFormat.MAX_LINE)) instanceof LogLine.Bad);
    }

    private static String sample(LogFormat format) {
        return switch (format) {
            case VERDACCIO -> VERDACCIO_END;
            case NGINX -> NGINX;
            case NEXUS -> NEXUS;
            case ARTIFACTORY -> ARTIFACTORY;
        };
    }
}
