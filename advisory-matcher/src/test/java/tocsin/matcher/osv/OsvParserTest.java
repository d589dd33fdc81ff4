package tocsin.matcher.osv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.matcher.osv.OsvAdvisory.AffectedPackage;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.Severity;

class OsvParserTest {

    private static final String AFFECTED = """
            "affected": [{"package": {"ecosystem": "npm", "name": "event-stream"}, "versions": ["3.3.6"]}]""";

    @Test
    void readsAWholeRecord() {
        // When
        OsvAdvisory advisory = read("""
                {"schema_version": "1.7.5", "id": "GHSA-1", "modified": "2026-04-18T10:00:00.123456Z",
                 "published": "2026-04-17T12:00:00+02:00", "withdrawn": "2026-04-18T10:00:00Z",
                 "aliases": ["CVE-2026-1", "GHSA-1", "CVE-2026-1", "not an id"],
                 "summary": "Critical severity vulnerability\\u0000 that\\u202e affects",
                 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
                 "affected": [
                   {"package": {"ecosystem": "npm", "name": "event-stream"}, "versions": ["3.3.6", "0.0.1-security"]},
                   {"package": {"ecosystem": "PyPI", "name": "Zope.Interface"},
                    "ranges": [{"type": "GIT", "repo": "https://example.com/repo", "events": [{"introduced": "0"}]},
                               {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0"}]}]},
                   {"package": {"ecosystem": "npm", "name": "event-stream"},
                    "ranges": [{"type": "SEMVER", "events": [{"introduced": "4.0.0"}, {"last_affected": "4.0.1"}]}]},
                   {"package": {"ecosystem": "crates.io", "name": "serde"}}],
                 "references": [{"type": "WEB", "url": "https://example.com/blog"},
                                {"type": "ADVISORY", "url": "http://example.com/plain"},
                                {"type": "ADVISORY", "url": "https://example.com/advisory"}]}
                """);

        // Then
        assertEquals("GHSA-1", advisory.id());
        assertEquals(Instant.parse("2026-04-18T10:00:00.123456Z"), advisory.modified());
        assertEquals(Instant.parse("2026-04-17T10:00:00Z"), advisory.published());
        assertEquals(Optional.of(Instant.parse("2026-04-18T10:00:00Z")), advisory.withdrawn());
        assertEquals(List.of("CVE-2026-1"), advisory.aliases());
        assertEquals(AdvisoryKind.VULNERABILITY, advisory.kind());
        assertEquals("Critical severity vulnerability  that  affects", advisory.summary());
        assertEquals(Optional.of("https://example.com/advisory"), advisory.url());
        assertEquals(List.of(), advisory.flaws());
        assertEquals(
                List.of("npm:event-stream", "pypi:zope-interface"),
                advisory.packages().stream().map(p -> p.packageKey().text()).toList());
        AffectedPackage npm = advisory.packages().getFirst();
        assertEquals(List.of("3.3.6"), npm.versions());
        assertEquals(1, npm.ranges().size());
        assertEquals(Severity.CRITICAL, npm.severity());
        assertEquals(1, advisory.packages().get(1).ranges().size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'introduced': '0'}                               | true",
                "{'introduced': '0'}, {'limit': '*'}               | true",
                "{'introduced': '0'}, {'fixed': '1.0.0'}           | false",
                "{'introduced': '0'}, {'last_affected': '1.0.0'}   | false",
                "{'introduced': '0'}, {'limit': '1.0.0'}           | false",
                "{'introduced': '0.0.0'}                           | true",
                "{'introduced': '0.0.0-0'}                         | true",
                "{'introduced': 'v0.0.0'}                          | true",
                "{'introduced': '0.0.0'}, {'limit': '*'}           | true",
                "{'introduced': '0.0.0'}, {'fixed': '1.0.0'}       | false",
                "{'introduced': '0.0.1'}                           | false",
                "{'introduced': '0', 'fixed': '1.0.0'}             | false",
            },
            quoteCharacter = '~')
    void allVersionsAreAffectedByARangeFromZeroWithoutEnd(String events, boolean all) {
        // When
        OsvAdvisory advisory =
                read(record("\"ranges\": [{\"type\": \"SEMVER\", \"events\": [" + events.replace('\'', '"') + "]}]"));

        // Then
        assertEquals(all, advisory.packages().getFirst().allVersions());
    }

    @ParameterizedTest
    @CsvSource({"0, true", "0.0, true", "0.0.0, true", "0.dev0, true", "0!0, true", "0.post1, false", "0.1a1, false"})
    void allVersionsOfPythonBeginWithZeroHoweverItIsWritten(String introduced, boolean all) {
        // When
        OsvAdvisory advisory = read(record("\"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": \""
                        + introduced + "\"}]}]")
                .replace("\"npm\"", "\"PyPI\""));

        // Then
        assertEquals(all, advisory.packages().getFirst().allVersions());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "MAL-2026-1 |                                                            | MALWARE | CRITICAL",
                "GHSA-1     | 'aliases': ['MAL-2026-1'],                                 | MALWARE | CRITICAL",
                "LWA-1      | 'database_specific': {'type': 'malware'},                  | MALWARE | CRITICAL",
                "LWA-1      | 'database_specific': {'feed': {'category': 'Malware'}},    | MALWARE | CRITICAL",
                "GHSA-1     | 'database_specific': {'cwe_ids': ['CWE-506'], 'severity': 'LOW'}, | MALWARE | CRITICAL",
                "GHSA-1     | 'database_specific': {'severity': 'CRITICAL'},             | VULNERABILITY | CRITICAL",
                "GHSA-1     | 'database_specific': {'severity': 'HIGH'},                 | VULNERABILITY | HIGH",
                "GHSA-1     | 'database_specific': {'severity': 'moderate'},             | VULNERABILITY | MEDIUM",
                "GHSA-1     | 'database_specific': {'severity': 'LOW'},                  | VULNERABILITY | LOW",
                "GHSA-1     | 'database_specific': {'severity': 'SHRUG'},                | VULNERABILITY | UNKNOWN",
                "GHSA-1     |                                                            | VULNERABILITY | UNKNOWN",
                "GHSA-1     | 'severity': [{'type':'CVSS_V2','score':'AV:N/AC:L/Au:N/C:C/I:C/A:C'}], | VULNERABILITY | HIGH",
                "GHSA-1     | 'severity': [{'type':'CVSS_V3','score':'CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N'}], | VULNERABILITY | LOW",
                "GHSA-1     | 'severity': [{'type':'CVSS_V4','score':'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N'}], | VULNERABILITY | CRITICAL",
                "GHSA-1     | 'severity': [{'type':'CVSS_V3','score':'CVSS:3.1/nonsense'}], | VULNERABILITY | UNKNOWN",
                "GHSA-1     | 'severity': [{'type':'CVSS_V2','score':'AV:/AC:L/Au:N/C:C/I:C/A:C'}], | VULNERABILITY | UNKNOWN",
                "GHSA-1     | 'severity': [{'type':'CVSS_V3','score':'CVSS:3.1/AV:/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'}], | VULNERABILITY | UNKNOWN",
                "GHSA-1     | 'severity': [{'type':'CVSS_V4','score':'CVSS:4.0/AV:/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N'}], | VULNERABILITY | UNKNOWN",
                "GHSA-1     | 'severity': [{'score':'CVSS:3.1/AV:/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'}, {'score':'AV:N/AC:L/Au:N/C:C/I:C/A:C'}], | VULNERABILITY | HIGH",
                "GHSA-1     | 'severity': [{'type':'CVSS_V3','score':''}, {'score': 7}, 'x'],     | VULNERABILITY | UNKNOWN",
            })
    void severityFollowsFromKindWordsAndVectors(String id, String members, AdvisoryKind kind, Severity severity) {
        // When
        OsvAdvisory advisory = read("{\"id\": \"" + id + "\", \"modified\": \"2026-04-18T10:00:00Z\", "
                + (members == null ? "" : members.replace('\'', '"')) + AFFECTED + "}");

        // Then
        assertEquals(kind, advisory.kind());
        assertEquals(severity, advisory.packages().getFirst().severity());
    }

    /** To rate a vector takes as long as to read a record. */
    @Test
    void aVectorIsRatedOncePerRecordAndOfVeryManyOnlyTheFirst() {
        // Given
        String worst = "{\"score\": \"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H\"}";
        String low = "{\"score\": \"CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N\"}";

        // Then
        assertEquals(Severity.CRITICAL, rated(times(9, low) + "," + worst));
        assertEquals(Severity.LOW, rated(times(10, low) + "," + worst));
    }

    @Test
    void ofARecordWithVeryManyDifferentVectorsOnlyTheFirstAreRated() {
        // Given
        List<String> vectors = Stream.of("N", "A", "L", "P")
                .flatMap(av -> Stream.of("N", "L", "H").map(pr -> "CVSS:3.1/AV:" + av + "/PR:" + pr))
                .flatMap(some -> Stream.of("N", "R").map(ui -> some + "/UI:" + ui))
                .flatMap(some -> Stream.of("U", "C").map(scope -> some + "/S:" + scope))
                .flatMap(some -> Stream.of("H", "L", "N").map(a -> some + "/AC:L/C:H/I:H/A:" + a))
                .toList();
        String affected = Stream.concat(vectors.stream().limit(101), Stream.of(vectors.getFirst()))
                .map(vector -> "{\"score\": \"" + vector + "\"}")
                .map(score -> "{\"package\": {\"ecosystem\": \"npm\", \"name\": \"" + UUID.randomUUID()
                        + "\"}, \"versions\": [\"1\"], \"severity\": [" + score + "]}")
                .collect(Collectors.joining(","));

        // When
        List<Severity> rated = read("{\"id\": \"GHSA-1\", \"modified\": \"2026-04-18T10:00:00Z\", \"affected\": ["
                        + affected + "]}")
                .packages()
                .stream()
                .map(AffectedPackage::severity)
                .toList();

        // Then
        assertEquals(Severity.CRITICAL, rated.getFirst());
        assertTrue(rated.subList(0, 100).stream().noneMatch(Severity.UNKNOWN::equals));
        assertEquals(List.of(Severity.UNKNOWN, Severity.CRITICAL), rated.subList(100, 102));
    }

    private static Severity rated(String vectors) {
        return read("{\"id\": \"GHSA-1\", \"modified\": \"2026-04-18T10:00:00Z\", \"severity\": [" + vectors + "], "
                        + AFFECTED + "}")
                .packages()
                .getFirst()
                .severity();
    }

    /** Never read as "all", and never as "none". */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'versions': []                                                   | has neither a list of versions nor a range",
                "'ranges': []                                                     | has neither a list of versions nor a range",
                "'versions': [], 'ranges': [{'type': 'GIT', 'events': [{'introduced': '0'}]}] | has neither a list of versions nor a range",
                "'versions': ['0.0.1-security']                                   | lists no version but the ecosystem's placeholder",
                "'ranges': [{'type': 'SEMVER', 'events': []}]                     | a range has no introduced event",
                "'ranges': [{'type': 'SEMVER', 'events': [{'fixed': '1.0.0'}]}]   | a range has no introduced event",
                "'ranges': [{'type': 'SEMVER', 'events': [{'introduced': 'x'}]}]  | a border of a range is no version",
                "'ranges': [{'type': 'SEMVER', 'events': [{'introduced': '0'}, {'fixed': '1.x'}]}] | a border of a range is no version",
                "'ranges': [{'type': 'SEMVER', 'events': [{'introduced': '0'}, {}]}]  | a range has an event of no kind",
                "'ranges': [{'type': 'LINUX', 'events': [{'introduced': '0'}]}]   | a range is of no type",
                "'ranges': [{'events': [{'introduced': '0'}]}]                    | a range is of no type",
                "'versions': 'all'                                                | versions is no array",
                "'versions': [1]                                                  | a listed version is no text",
                "'versions': ['']                                                 | a listed version is blank",
                "'versions': ['1.0.0\\u0000']                                     | a listed version is blank, has control characters",
            })
    void aPackageThatCannotBeEvaluatedIsAFlaw(String members, String reason) {
        // When
        OsvAdvisory advisory = read(record(members.replace('\'', '"')));

        // Then
        assertEquals(List.of(), advisory.packages());
        assertEquals(1, advisory.flaws().size());
        assertTrue(
                advisory.flaws().getFirst().reason().startsWith("npm:event-stream: " + reason),
                advisory.flaws().getFirst().reason());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'versions': ['1.0.0'], 'ranges': [{'type': 'SEMVER', 'events': [{'introduced': '1.x'}]}]         | 1 | 0 | a border of a range is no version",
                "'versions': ['1.0.0'], 'ranges': [{'type': 'LINUX', 'events': [{'introduced': '0'}]}]            | 1 | 0 | a range is of no type",
                "'versions': ['1.0.0', 7, '1.0.1'], 'ranges': []                                                  | 2 | 0 | a listed version is no text",
                "'versions': 'all', 'ranges': [{'type': 'SEMVER', 'events': [{'introduced': '0'}]}]               | 0 | 1 | versions is no array",
                "'versions': ['1.0.0'], 'ranges': 7                                                               | 1 | 0 | ranges is no array",
                "'ranges': [{'type': 'SEMVER', 'events': [{'introduced': '0'}]}, {'type': 'SEMVER', 'events': []}]| 0 | 1 | a range has no introduced event",
            })
    void whatCannotBeEvaluatedIsLeftOutAndSaidAndTheRestIsKept(
            String members, int versions, int ranges, String reason) {
        // When
        OsvAdvisory advisory = read(record(members.replace('\'', '"')));

        // Then
        AffectedPackage kept = advisory.packages().getFirst();
        assertEquals(versions, kept.versions().size());
        assertEquals(ranges, kept.ranges().size());
        assertEquals(ranges == 1, kept.allVersions());
        assertTrue(
                advisory.flaws().getFirst().reason().startsWith("npm:event-stream but for a part: " + reason),
                advisory.flaws().getFirst().reason());
    }

    @Test
    void aFlawInOnePackageLeavesTheOthers() {
        // When
        OsvAdvisory advisory = read("""
                {"id": "GHSA-1", "modified": "2026-04-18T10:00:00Z", "affected": [
                  {"package": {"ecosystem": "npm", "name": "a"}},
                  {"package": {"ecosystem": "npm", "name": "b c"}, "versions": ["1.0.0"]},
                  {"package": {"ecosystem": "npm"}, "versions": ["1.0.0"]},
                  {"package": {"ecosystem": "npm", "name": "d"}, "versions": ["1.0.0"]}]}
                """);

        // Then
        assertEquals(
                List.of("npm:d"),
                advisory.packages().stream().map(p -> p.packageKey().text()).toList());
        assertEquals(3, advisory.flaws().size());
    }

    @Test
    void aWithdrawnRecordNeedNotSayWhatItMeant() {
        // When
        OsvAdvisory advisory = read("""
                {"id": "GHSA-1", "modified": "2026-04-18T10:00:00Z", "withdrawn": "2026-04-18T10:00:00Z",
                 "affected": [{"package": {"ecosystem": "npm", "name": "event-stream"}}]}
                """);

        // Then
        assertEquals(1, advisory.packages().size());
        assertEquals(List.of(), advisory.flaws());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "\"GHSA-1\"",
                "{",
                "{\"id\": \"GHSA-1\", \"modified\": \"2026-04-18T10:00:00Z\"} {}",
                "{\"id\": \"GHSA-1\", \"id\": \"GHSA-2\", \"modified\": \"2026-04-18T10:00:00Z\"}",
                "{\"modified\": \"2026-04-18T10:00:00Z\"}",
                "{\"id\": \"\", \"modified\": \"2026-04-18T10:00:00Z\"}",
                "{\"id\": \"GHSA 1\", \"modified\": \"2026-04-18T10:00:00Z\"}",
                "{\"id\": \"https://example.com/GHSA-1\", \"modified\": \"2026-04-18T10:00:00Z\"}",
                "{\"id\": \"../GHSA-1\", \"modified\": \"2026-04-18T10:00:00Z\"}",
                "{\"id\": 1, \"modified\": \"2026-04-18T10:00:00Z\"}",
                "{\"id\": \"GHSA-1\"}",
                "{\"id\": \"GHSA-1\", \"modified\": \"yesterday\"}",
                "{\"id\": \"GHSA-1\", \"modified\": \"+999999999-01-01T00:00:00Z\"}",
                "{\"id\": \"GHSA-1\", \"modified\": \"1969-12-31T23:59:59Z\"}",
                "{\"id\": \"GHSA-1\", \"modified\": \"2026-04-18T10:00:00Z\", \"withdrawn\": \"maybe\"}",
                "{\"id\": \"GHSA-1\", \"modified\": \"2026-04-18T10:00:00Z\", \"affected\": {}}",
            })
    void doesNotReadWhatIsNoRecord(String text) {
        assertInstanceOf(OsvReading.Unreadable.class, OsvParser.parse(text));
    }

    @Test
    void capsLengthDepthAndCounts() {
        String versions =
                IntStream.range(0, 10_001).mapToObj(i -> "\"" + i + "\"").collect(Collectors.joining(","));
        String longVersions = IntStream.range(0, 600)
                .mapToObj(i -> "\"" + i + "a".repeat(250) + "\"")
                .collect(Collectors.joining(","));
        String aliases =
                IntStream.range(0, 201).mapToObj(i -> "\"CVE-" + i + "\"").collect(Collectors.joining(","));

        assertUnreadable("[".repeat(1000));
        assertUnreadable("{\"a\":".repeat(40) + "1" + "}".repeat(40));
        assertUnreadable("{\"id\": \"" + "a".repeat(600_000) + "\"}");
        assertUnreadable(
                "{\"id\": \"GHSA-1\", \"modified\": \"2026-04-18T10:00:00Z\", \"aliases\": [" + aliases + "]}");
        assertEquals(List.of(), read(record("\"versions\": [" + versions + "]")).packages());
        assertEquals(
                List.of(), read(record("\"versions\": [" + longVersions + "]")).packages());
        assertEquals(
                2000,
                read("{\"id\": \"GHSA-1\", \"modified\": \"2026-04-18T10:00:00Z\", \"details\": \"" + "a".repeat(9000)
                                + "\"}")
                        .summary()
                        .length());
    }

    static Stream<Arguments> tooMuchOfOnePackage() {
        return Stream.of(
                arguments("\"ranges\": [" + times(1001, "{\"type\": \"GIT\"}") + "]", "ranges has 1001 elements"),
                arguments(
                        "\"ranges\": [{\"type\": \"SEMVER\", \"events\": ["
                                + times(10_001, "{\"introduced\": \"1.0.0\"}") + "]}]",
                        "events has 10001 elements"),
                arguments("\"versions\": [" + times(10_001, "\"1.0.0\"") + "]", "versions has 10001 elements"),
                arguments("\"versions\": [\"" + "1".repeat(257) + "\"]", "is longer than 256"),
                arguments(
                        "\"versions\": [" + times(600, "\"" + "1".repeat(250) + "\"") + "]",
                        "versions and borders have more than"));
    }

    @ParameterizedTest
    @MethodSource("tooMuchOfOnePackage")
    void capsWhatOnePackageSays(String members, String reason) {
        // When
        OsvAdvisory advisory = read(record(members));

        // Then
        String flaw = advisory.flaws().getFirst().reason();
        assertTrue(flaw.contains(reason), flaw);
        assertEquals(List.of(), advisory.packages());
    }

    @Test
    void capsTheEntriesOfARecord() {
        assertUnreadable("{\"id\": \"GHSA-1\", \"modified\": \"2026-04-18T10:00:00Z\", \"affected\": ["
                + times(5001, "{\"package\": {\"ecosystem\": \"Go\", \"name\": \"a\"}}") + "]}");
    }

    private static String times(int count, String element) {
        return String.join(",", Collections.nCopies(count, element));
    }

    @Test
    void aReasonDoesNotQuoteTheRecord() {
        OsvReading.Unreadable unreadable =
                assertInstanceOf(OsvReading.Unreadable.class, OsvParser.parse("{\"id\": \"" + "secret".repeat(100)));

        assertTrue(!unreadable.reason().contains("secret"), unreadable.reason());
    }

    @ParameterizedTest
    @CsvSource({
        "GHSA-1, WEB, https://example.com/x, https://github.com/advisories/GHSA-1",
        "MAL-1, REPORT, https://example.com/x, https://osv.dev/vulnerability/MAL-1",
        "LWA-1, REPORT, https://example.com/x, https://example.com/x",
        "LWA-1, ADVISORY, http://example.com/x, ",
        "LWA-1, ADVISORY, javascript:alert(1), ",
        "LWA-1, ADVISORY, https://user@example.com/, ",
        "LWA-1, ADVISORY, 'https://example.com/ x', ",
    })
    void linksOnlyToHttps(String id, String type, String url, String linked) {
        // When
        OsvAdvisory advisory = read("{\"id\": \"" + id + "\", \"modified\": \"2026-04-18T10:00:00Z\", "
                + "\"references\": [{\"type\": \"" + type + "\", \"url\": \"" + url + "\"}]}");

        // Then
        assertEquals(Optional.ofNullable(linked), advisory.url());
    }

    private static String record(String affectedMembers) {
        return "{\"id\": \"GHSA-1\", \"modified\": \"2026-04-18T10:00:00Z\", \"affected\": "
                + "[{\"package\": {\"ecosystem\": \"npm\", \"name\": \"event-stream\"}, " + affectedMembers + "}]}";
    }

    private static OsvAdvisory read(String json) {
        return assertInstanceOf(OsvReading.Read.class, OsvParser.parse(json)).advisory();
    }

    private static void assertUnreadable(String json) {
        assertInstanceOf(OsvReading.Unreadable.class, OsvParser.parse(json));
    }
}
