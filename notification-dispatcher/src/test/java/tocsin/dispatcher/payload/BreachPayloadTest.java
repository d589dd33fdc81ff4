package tocsin.dispatcher.payload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.dispatcher.payload.BreachPayloads.match;
import static tocsin.dispatcher.payload.BreachPayloads.payload;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.Match;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.VersionEvent;
import tocsin.schemas.avro.VersionEventKind;
import tocsin.schemas.avro.VersionRange;

class BreachPayloadTest {

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
