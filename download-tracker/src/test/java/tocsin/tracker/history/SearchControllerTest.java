package tocsin.tracker.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.tracker.history.RunningTracker.download;

import io.micronaut.context.BeanContext;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.testsupport.OpenApi;
import tocsin.testsupport.RequestBodies;
import tocsin.testsupport.TenantIsolation;

/** Forty downloads of acme, one an hour into the past, and one of another organisation beside each. */
class SearchControllerTest {

    private static final Pattern EVENT = Pattern.compile("\"event_id\":\"[^\"]*-0*([0-9a-f]+)\"");
    private static final Pattern CURSOR = Pattern.compile("\"next_cursor\":\"([^\"]+)\"");
    private static final int ROWS = 40;

    private static PostgresServerOf<RunningTracker> running;
    private static RunningTracker tracker;
    private static Instant now;

    /** Keeps server and service together for one close. */
    private record PostgresServerOf<T extends AutoCloseable>(tocsin.testsupport.PostgresServer server, T service) {}

    @BeforeAll
    static void start() {
        tocsin.testsupport.PostgresServer postgres = tocsin.testsupport.PostgresServer.start();
        tracker = new RunningTracker(postgres, Map.of("tocsin.history.retention-days", 400));
        running = new PostgresServerOf<>(postgres, tracker);
        tracker.start();
        now = tracker.now();
        for (int i = 0; i < ROWS; i++) {
            // Spread over a year; the last two before anything that has a partition.
            Instant fetched = i < 38 ? now.minus(i * 10L, ChronoUnit.DAYS) : now.minus(1_000L + i, ChronoUnit.DAYS);
            tracker.record(download(i, fetched)
                    .setReceivedAt(now)
                    .setVersion("1.0." + i % 4)
                    .setEcosystem(i % 10 == 0 ? "pypi" : "npm")
                    .setPackageName(i % 10 == 0 ? "my-package" : "pkg-" + i % 2)
                    .setPrincipal(i % 5 == 0 ? human() : ci()));
            tracker.record(download(1_000 + i, fetched)
                    .setReceivedAt(now)
                    .setAudience("org:other")
                    .setPackageName("secret-of-other"));
        }
        tracker.record(download(5_000, now).setAudience("token:" + "ab".repeat(32)));
        tracker.flush();
        tracker.awaitRows(2 * ROWS + 1);
    }

    private static Principal human() {
        return Principal.newBuilder()
                .setType(PrincipalType.HUMAN)
                .setId("user-1")
                .setName("A Person")
                .setEmail("person@example.com")
                .build();
    }

    private static Principal ci() {
        return Principal.newBuilder()
                .setType(PrincipalType.CI_CD)
                .setId("bot-1")
                .setRepository("acme/shop")
                .build();
    }

    @AfterAll
    static void stop() {
        running.service().close();
        running.server().close();
    }

    @Test
    void refusesEverybodyElseAtEveryRouteOfTheService() {
        // When
        List<String> findings = new TenantIsolation(
                        tracker.bean(BeanContext.class), URI.create(tracker.url()), RunningTracker.ISSUER, "other")
                .id("id", "ab".repeat(32))
                .allow("GET /v1/orgs/{org}/downloads", "member", "manager", "owner")
                .allow("PUT /v1/tokens/{id}", "platform")
                .allow("DELETE /v1/tokens/{id}", "platform")
                .allow("POST /v1/downloads", "proxy")
                .allow("POST /v1/privacy/erasures", "admin")
                .allow("GET /v1/privacy/erasures/{id}", "admin")
                .allow("POST /v1/backfills", "admin")
                .allow("GET /v1/backfills", "admin")
                .allow("GET /v1/backfills/{id}", "admin")
                .allow("DELETE /v1/backfills/{id}", "admin")
                .secret("secret-of-other")
                .findings();

        // Then
        assertEquals(List.of(), findings);
    }

    @Test
    void describesEveryRouteOfTheServiceAndNothingElse() {
        // When
        HttpResponse<String> document = tracker.get("/swagger/download-tracker-v1.yml", token("acme"));

        // Then
        assertEquals(200, document.statusCode());
        assertEquals(List.of(), OpenApi.findings(tracker.bean(BeanContext.class), document.body()));
    }

    @Test
    void describesWhatBodiesMustHave() {
        // Given
        String description =
                tracker.get("/swagger/download-tracker-v1.yml", token("acme")).body();
        String id = "cd".repeat(32);

        // When
        List<String> findings = new RequestBodies(URI.create(tracker.url()), description)
                .id("id", id)
                .takes(
                        "PUT /v1/tokens/{id}",
                        RunningTracker.ISSUER
                                .token("platform")
                                .scope("platform")
                                .sign(),
                        """
                        {"org_id": "nobody", "language": "ja", "principal": {"type": "human", "id": "user-1", "name": "A Person",
                         "email": "person@example.com", "repository": "acme/shop"}}""",
                        """
                        {"verified_email": "person@example.com", "verified_at": "2026-04-01T00:00:00Z"}""")
                .takes("POST /v1/privacy/erasures", RunningTracker.admin(), """
                        {"org_id": "nobody", "principal_id": "user-1", "request_id": "erasure-1"}""", """
                        {"token_id": "%s"}""".formatted(id), """
                        {"email": "nobody@example.com"}""")
                .takes("POST /v1/backfills", RunningTracker.admin(), """
                        {"since": "%s", "until": "%s", "org_id": "nobody", "rows_per_second": 10}""".formatted(now.minusSeconds(1), now))
                .findings();

        // Then
        assertEquals(List.of(), findings);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "?limit=3                                   | 0,1,2",
                "?version=1.0.0&limit=3                     | 0,4,8",
                "?version=1.0.0&version=1.0.1&limit=4       | 0,1,4,5",
                "?package=my-package                        | 0,10,20,30",
                "?ecosystem=pypi&package=My._Package        | 0,10,20,30",
                "?ecosystem=npm&package=My._Package         | ",
                "?package=secret-of-other                   | ",
                "?principal=user-1&limit=3                  | 0,5,10",
                "?repository=acme/shop&limit=3              | 1,2,3",
                "?repository=acme/shop&version=1.0.3&principal=bot-1&limit=2 | 3,7",
                "?limit=1000&until=-360                     | 37,38,39",
                "?since=-25&until=-5                        | 1,2",
                "?since=-20                                 | 0,1,2",
                "?until=-900                                | 38,39",
            })
    void answersTheNewestFirst(String question, String expected) {
        assertEquals(expected == null ? List.of() : List.of(expected.split(",")), events(body(withTimes(question))));
    }

    /** {@code -25} is 25 days ago, a little later. */
    private static String withTimes(String question) {
        return Pattern.compile("(since|until)=-([0-9]+)")
                .matcher(question)
                .replaceAll(time -> time.group(1) + "="
                        + now.minus(Long.parseLong(time.group(2)), ChronoUnit.DAYS)
                                .minusSeconds(1));
    }

    @Test
    void showsAllThatIsKeptOfADownload() {
        assertEquals(
                ("{\"downloads\":[{\"event_id\":\"00000000-0000-8000-0000-000000000000\",\"ecosystem\":\"pypi\","
                                + "\"package_name\":\"my-package\",\"version\":\"1.0.0\",\"fetched_at\":\"NOW\","
                                + "\"received_at\":\"NOW\",\"source\":\"verdaccio-eu\",\"principal\":{\"type\":\"human\","
                                + "\"id\":\"user-1\",\"name\":\"A Person\",\"email\":\"person@example.com\"}}],"
                                + "\"next_cursor\":\"CURSOR\"}")
                        .replace("NOW", now.toString())
                        .replace("CURSOR", cursor(body("?limit=1"))),
                body("?limit=1"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 39, 40, 41, 1000})
    void pagesThroughAllWithoutGapOrRepeat(int limit) {
        List<String> seen = new ArrayList<>();
        String page = body("?limit=" + limit);
        seen.addAll(events(page));
        while (page.contains("next_cursor")) {
            page = body("?limit=" + limit + "&cursor=" + cursor(page));
            seen.addAll(events(page));
        }

        List<String> all = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            all.add(Integer.toString(i));
        }
        assertEquals(all, seen);
    }

    @Test
    void tellsNobodyOfAnotherOrganisation() {
        // Given
        String ours = token("acme");
        String theirs = token("other");
        String place =
                cursor(tracker.get("/v1/orgs/other/downloads?limit=5", theirs).body());

        // When
        List<HttpResponse<String>> refused = List.of(
                tracker.get("/v1/orgs/other/downloads", ours),
                tracker.get("/v1/orgs/acme%2F..%2Fother/downloads", ours),
                tracker.get("/v1/orgs/acme' or true --/downloads".replace(" ", "%20"), ours),
                tracker.get(
                        "/v1/orgs/other/downloads",
                        RunningTracker.ISSUER.token("a").scope("admin").sign()),
                tracker.get("/v1/orgs/token:" + "ab".repeat(32) + "/downloads", ours));
        String withTheirCursor = body("?limit=1000&cursor=" + place);

        // Then
        refused.forEach(answer -> {
            assertTrue(answer.statusCode() >= 400, answer.body());
            assertFalse(answer.body().contains("event_id"), answer.body());
        });
        assertEquals(401, tracker.get("/v1/orgs/acme/downloads", "").statusCode());
        assertFalse(withTheirCursor.contains("secret-of-other"));
        assertTrue(tracker.get("/v1/orgs/other/downloads", theirs).body().contains("secret-of-other"));
        assertFalse(tracker.get("/v1/orgs/other/downloads", theirs).body().contains("pkg-"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?limit=0",
                "?limit=1001",
                "?cursor=x",
                "?cursor=________________________________",
                "?since=yesterday",
                "?ecosystem=maven",
                "?ecosystem=pypi&package=%00",
                "?package=",
                "?since=2026-04-15T00:00:00Z&until=2026-04-15T00:00:00Z",
            })
    void refusesWhatItCannotAsk(String question) {
        assertEquals(
                400,
                tracker.get("/v1/orgs/acme/downloads" + question, token("acme")).statusCode());
    }

    @ParameterizedTest
    @CsvSource({
        "?since=-1000000000-01-01T00:00:00Z, 40",
        "?until=%2B1000000000-12-31T23:59:59Z, 40",
        "?until=-1000000000-01-01T00:00:01Z, 0"
    })
    void takesTimesBeyondAllDates(String question, int rows) {
        assertEquals(rows, events(body(question)).size());
    }

    private static String body(String question) {
        HttpResponse<String> answer = tracker.get("/v1/orgs/acme/downloads" + question, token("acme"));
        assertEquals(200, answer.statusCode(), answer.body());
        return answer.body();
    }

    private static List<String> events(String body) {
        List<String> events = new ArrayList<>();
        Matcher event = EVENT.matcher(body);
        while (event.find()) {
            // The ids are hexadecimal.
            events.add(Long.toString(Long.parseLong(event.group(1), 16)));
        }
        return events;
    }

    private static String cursor(String body) {
        Matcher cursor = CURSOR.matcher(body);
        assertTrue(cursor.find(), body);
        return cursor.group(1);
    }

    private static String token(String org) {
        return RunningTracker.ISSUER.token("somebody").org(org, "member").sign();
    }
}
