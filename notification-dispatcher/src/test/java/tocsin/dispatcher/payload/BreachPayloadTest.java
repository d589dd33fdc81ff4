package tocsin.dispatcher.payload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.Match;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.Severity;
import tocsin.schemas.avro.VersionEvent;
import tocsin.schemas.avro.VersionEventKind;
import tocsin.schemas.avro.VersionRange;

class BreachPayloadTest {

    private static final UUID NOTIFICATION = UUID.fromString("00000000-0000-5000-8000-000000000001");
    private static final UUID INCIDENT = UUID.fromString("00000000-0000-4000-8000-000000000002");
    private static final MoreLink MORE =
            new MoreLink(URI.create("https://tocsin.example.com/"), new Audience.Organisation("acme"));

    @Test
    void isTheDocumentedPayloadWithOurAdditionsAtTheEndOfEachObject() {
        // Given
        AdvisoryAccepted.Builder advisory = Samples.advisory()
                .setAliases(List.of("MAL-2026-1"))
                .setAdvisoryUrl("https://example.org/advisories/1")
                .setRanges(List.of(range("0", "1.0.1")));
        Match match = Samples.read(Samples.matched(
                "org:acme",
                advisory,
                List.of(
                        Samples.download(
                                "e1", "2026-04-15T08:30:00.999Z", Samples.bot("b1", "example-org/example-repo")),
                        Samples.download("e2", "2026-04-14T12:00:00Z", Samples.human("u1")),
                        Samples.download("e3", "2026-04-14T11:00:00Z", Samples.orgToken("t1")),
                        Samples.download("e4", "2026-04-14T09:00:00Z", anonymous()))));

        // When
        String json = payload(match, false).json();

        // Then
        assertEquals("""
                {
                  "advisory" : {
                    "advisory_id" : "GHSA-aaaa-bbbb-cccc",
                    "ecosystem" : "npm",
                    "package_name" : "example-pkg",
                    "affected_versions" : [ "1.0.0" ],
                    "severity" : "critical",
                    "published_at" : "2026-04-17T10:00:00Z",
                    "reason" : "Steals tokens at installation.",
                    "aliases" : [ "MAL-2026-1" ],
                    "advisory_url" : "https://example.org/advisories/1",
                    "affected_ranges" : [ [ {
                      "introduced" : "0"
                    }, {
                      "fixed" : "1.0.1"
                    } ] ]
                  },
                  "affected_downloads" : [ {
                    "timestamp" : "2026-04-15T08:30:00Z",
                    "version" : "1.0.0",
                    "principal_type" : "ci_cd",
                    "principal_name" : "my-ci-bot",
                    "repository" : "example-org/example-repo",
                    "principal_id" : "b1"
                  }, {
                    "timestamp" : "2026-04-14T12:00:00Z",
                    "version" : "1.0.0",
                    "principal_type" : "human",
                    "principal_name" : "Ada",
                    "principal_email" : "ada@example.com",
                    "principal_id" : "u1"
                  }, {
                    "timestamp" : "2026-04-14T11:00:00Z",
                    "version" : "1.0.0",
                    "principal_type" : "org_token",
                    "principal_name" : "build token",
                    "principal_id" : "t1"
                  }, {
                    "timestamp" : "2026-04-14T09:00:00Z",
                    "version" : "1.0.0",
                    "principal_type" : "anonymous",
                    "principal_name" : "nobody",
                    "principal_id" : "nobody"
                  } ],
                  "summary" : {
                    "total_downloads" : 4,
                    "unique_users" : 1,
                    "unique_org_tokens" : 1,
                    "unique_repositories" : 1,
                    "earliest_download" : "2026-04-14T09:00:00Z",
                    "latest_download" : "2026-04-15T08:30:00Z",
                    "truncated" : false
                  },
                  "notification_id" : "00000000-0000-5000-8000-000000000001",
                  "incident_id" : "00000000-0000-4000-8000-000000000002"
                }""", PrettyJson.of(json));
    }

    @Test
    void saysInItsThinFormThatOneMustLookAndWhere() {
        // Given
        Match match = match(List.of(
                Samples.download("e1", "2026-04-15T09:00:00Z", Samples.human("u1")),
                Samples.download("e2", "2026-04-15T08:00:00Z", Samples.bot("b1", "example-org/one"))));

        // When
        String json = payload(match, true).thinJson();

        // Then
        assertEquals("""
                {
                  "thin" : true,
                  "advisory" : {
                    "advisory_id" : "GHSA-aaaa-bbbb-cccc",
                    "ecosystem" : "npm",
                    "package_name" : "example-pkg",
                    "severity" : "critical",
                    "published_at" : "2026-04-17T10:00:00Z"
                  },
                  "summary" : {
                    "total_downloads" : 2,
                    "unique_users" : 1,
                    "unique_org_tokens" : 0,
                    "unique_repositories" : 1,
                    "earliest_download" : "2026-04-15T08:00:00Z",
                    "latest_download" : "2026-04-15T09:00:00Z",
                    "truncated" : true
                  },
                  "more_url" : "https://tocsin.example.com/v1/orgs/acme/downloads?ecosystem=npm&package=example-pkg&version=1.0.0",
                  "notification_id" : "00000000-0000-5000-8000-000000000001",
                  "incident_id" : "00000000-0000-4000-8000-000000000002"
                }""", PrettyJson.of(json));
    }

    @Test
    void countsPrincipalsByIdAndRepositoriesByName() {
        // Given two people and two tokens of the same names, and two bots of one repository
        Match match = match(List.of(
                Samples.download("e1", "2026-04-15T09:00:00Z", Samples.human("u1")),
                Samples.download("e2", "2026-04-15T08:00:00Z", Samples.human("u2")),
                Samples.download("e3", "2026-04-15T07:00:00Z", Samples.human("u1")),
                Samples.download("e4", "2026-04-15T06:00:00Z", Samples.orgToken("t1")),
                Samples.download("e5", "2026-04-15T05:00:00Z", Samples.orgToken("t2")),
                Samples.download("e6", "2026-04-15T04:00:00Z", Samples.bot("b1", "example-org/one")),
                Samples.download("e7", "2026-04-15T03:00:00Z", Samples.bot("b2", "example-org/one"))));

        // When
        Summary summary = Summary.of(match.downloads(), false);

        // Then
        assertEquals(
                new Summary(
                        7,
                        2,
                        2,
                        1,
                        Instant.parse("2026-04-15T03:00:00Z"),
                        Instant.parse("2026-04-15T09:00:00Z"),
                        false),
                summary);
    }

    @Test
    void showsEmailOnlyOfHumansAndRepositoryOnlyOfBots() {
        // Given a token and a bot that bear what they should not
        Principal token = Principal.newBuilder(Samples.orgToken("t1"))
                .setEmail("t1@example.com")
                .setRepository("example-org/one")
                .build();
        Principal bot = Principal.newBuilder(Samples.bot("b1", "example-org/one"))
                .setEmail("b1@example.com")
                .build();
        Principal human = Principal.newBuilder(Samples.human("u1"))
                .setRepository("example-org/two")
                .build();

        // When
        String json = payload(
                        match(List.of(
                                Samples.download("e1", "2026-04-15T09:00:00Z", token),
                                Samples.download("e2", "2026-04-15T08:00:00Z", bot),
                                Samples.download("e3", "2026-04-15T07:00:00Z", human))),
                        false)
                .json();

        // Then
        assertFalse(json.contains("t1@example.com") || json.contains("b1@example.com"), json);
        assertFalse(json.contains("example-org/two"), json);
        assertEquals(json.indexOf("example-org/one"), json.lastIndexOf("example-org/one"), json);
    }

    @ParameterizedTest
    @CsvSource({
        "all versions by flag, true, '', '', '[ ]'",
        "all versions and a list, true, 1.0.0, 1.0.0, '[ ]'",
        "a list, false, 1.0.0;1.0.1, 1.0.0, '[ \"1.0.0\", \"1.0.1\" ]'",
        "a range only, false, '', 0.9.0;1.0.0, '[ \"0.9.0\", \"1.0.0\" ]'",
        "a list and a range, false, 2.0.0, 1.0.0, '[ \"2.0.0\", \"1.0.0\" ]'",
        "nothing but the download itself, false, '', '', '[ \"1.0.0\" ]'",
    })
    void namesAffectedVersionsAndLeavesTheListEmptyOnlyForAll(
            String what, boolean all, String listed, String fetched, String shown) {
        // Given
        AdvisoryAccepted.Builder advisory =
                Samples.advisory().setAllVersions(all).setVersions(split(listed));

        // When
        String json = payload(
                        Samples.read(Samples.matched("org:acme", advisory, Samples.downloads(1, "2026-04-15T08:00:00Z"))
                                .setFetchedVersions(split(fetched))),
                        false)
                .json();

        // Then
        assertTrue(PrettyJson.of(json).contains("\"affected_versions\" : " + shown), () -> what + ": " + json);
    }

    @ParameterizedTest
    @CsvSource({"UNKNOWN, medium", "LOW, low", "MEDIUM, medium", "HIGH, high", "CRITICAL, critical"})
    void ratesInTheFourWordsOfTheDocument(Severity severity, String word) {
        // When / Then
        assertEquals(word, SeverityWord.of(severity));
    }

    @ParameterizedTest
    @CsvSource({"false, 1000, false", "true, 1000, true"})
    void holdsAThousandDownloadsAndSaysWhetherThereAreMore(boolean more, int total, boolean truncated) {
        // Given
        Match match = match(Samples.downloads(1000, "2026-04-15T08:00:00Z"));

        // When
        String json = PrettyJson.of(payload(match, more).json());

        // Then
        assertTrue(json.contains("\"total_downloads\" : " + total), json.substring(json.length() - 600));
        assertTrue(json.contains("\"truncated\" : " + truncated), json.substring(json.length() - 600));
        assertEquals(1000, json.split("\"principal_type\"", -1).length - 1);
    }

    @Test
    void neverGrowsBeyondWhatTheBrokerTakes() {
        // Given a thousand downloads by a bot whose name is as long as one may be, in letters of six bytes each
        Principal bot = Principal.newBuilder(Samples.bot("b1", "r".repeat(256)))
                .setName("\u0001".repeat(256))
                .build();
        List<AffectedDownload> downloads = new ArrayList<>();
        Samples.downloads(1000, "2026-04-15T08:00:00Z")
                .forEach(it -> downloads.add(
                        AffectedDownload.newBuilder(it).setPrincipal(bot).build()));

        // When
        String json = payload(match(downloads), false).json();

        // Then
        assertTrue(json.getBytes(StandardCharsets.UTF_8).length <= BreachPayload.MAX_BYTES);
        String pretty = PrettyJson.of(json);
        assertTrue(pretty.contains("\"truncated\" : true"));
        int kept = pretty.split("\"principal_type\"", -1).length - 1;
        assertTrue(pretty.contains("\"total_downloads\" : " + kept), "kept " + kept);
        // Each is about 1950 bytes: there is no room for one more.
        assertTrue(json.getBytes(StandardCharsets.UTF_8).length > BreachPayload.MAX_BYTES - 2500, "kept " + kept);
    }

    @Test
    void leavesOutWhatNobodyFetchedOfAnAdvisoryThatListsWithoutEnd() {
        // Given
        List<String> listed = IntStream.range(0, 8_000)
                .mapToObj(i -> i + "." + "0".repeat(100))
                .toList();

        // When
        String json = payload(
                        Samples.read(Samples.matched(
                                "org:acme",
                                Samples.advisory().setVersions(listed),
                                Samples.downloads(2, "2026-04-15T08:00:00Z"))),
                        false)
                .json();

        // Then
        assertTrue(PrettyJson.of(json).contains("\"affected_versions\" : [ \"1.0.0\" ]"), json);
        assertTrue(PrettyJson.of(json).contains("\"total_downloads\" : 2"), json);
    }

    @Test
    void leavesOutWhatNobodyFetchedBeforeAnyDownload() {
        // Given half a million characters of versions, beside which half of the downloads would fit
        List<String> listed = IntStream.range(0, 5_700)
                .mapToObj(i -> i + "." + "0".repeat(100))
                .toList();

        // When
        String json = PrettyJson.of(payload(
                        Samples.read(Samples.matched(
                                "org:acme",
                                Samples.advisory().setVersions(listed),
                                Samples.downloads(1000, "2026-04-15T08:00:00Z"))),
                        false)
                .json());

        // Then
        assertTrue(json.contains("\"affected_versions\" : [ \"1.0.0\" ]"), json.substring(0, 1000));
        assertTrue(json.contains("\"total_downloads\" : 1000"), json.substring(json.length() - 600));
        assertTrue(json.contains("\"truncated\" : false"), json.substring(json.length() - 600));
    }

    @Test
    void pointsToTheOlderDownloadsWhereSomeAreLeftOut() {
        // Given
        Match match = match(Samples.downloads(2, "2026-04-15T08:30:00.250Z"));

        // When
        String json = PrettyJson.of(payload(match, true).json());

        // Then the oldest that is listed is asked for again: another of its millisecond may not be listed
        assertTrue(
                json.contains("\"more_url\" : \"https://tocsin.example.com/v1/orgs/acme/downloads"
                        + "?ecosystem=npm&package=example-pkg&until=2026-04-15T08:29:59.251Z&version=1.0.0\","),
                json);
        assertFalse(payload(match, false).json().contains("more_url"));
    }

    private static BreachPayload payload(Match match, boolean truncated) {
        return new BreachPayload(
                NOTIFICATION,
                INCIDENT,
                match.advisory(),
                match.fetchedVersions(),
                match.downloads(),
                truncated,
                Optional.empty(),
                Optional.of(MORE),
                false);
    }

    private static Match match(List<AffectedDownload> downloads) {
        return Samples.read(Samples.matched("org:acme", Samples.advisory(), downloads));
    }

    private static Principal anonymous() {
        return Principal.newBuilder()
                .setType(PrincipalType.ANONYMOUS)
                .setId("nobody")
                .build();
    }

    private static VersionRange range(String introduced, String fixed) {
        return VersionRange.newBuilder()
                .setEvents(List.of(
                        VersionEvent.newBuilder()
                                .setKind(VersionEventKind.INTRODUCED)
                                .setVersion(introduced)
                                .build(),
                        VersionEvent.newBuilder()
                                .setKind(VersionEventKind.FIXED)
                                .setVersion(fixed)
                                .build()))
                .build();
    }

    private static List<String> split(String list) {
        return list.isEmpty() ? List.of() : List.of(list.split(";"));
    }
}
