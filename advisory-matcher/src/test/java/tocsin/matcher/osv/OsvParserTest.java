package tocsin.matcher.osv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.osv.OsvTexts.assertUnreadable;
import static tocsin.matcher.osv.OsvTexts.read;
import static tocsin.matcher.osv.OsvTexts.record;
import static tocsin.matcher.osv.OsvTexts.times;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.matcher.osv.OsvAdvisory.AffectedPackage;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.Severity;

class OsvParserTest {

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

    @Test
    void capsTheEntriesOfARecord() {
        assertUnreadable("{\"id\": \"GHSA-1\", \"modified\": \"2026-04-18T10:00:00Z\", \"affected\": ["
                + times(5001, "{\"package\": {\"ecosystem\": \"Go\", \"name\": \"a\"}}") + "]}");
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
}
