package tocsin.matcher.osv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.osv.OsvTexts.read;
import static tocsin.matcher.osv.OsvTexts.times;

import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.matcher.osv.OsvAdvisory.AffectedPackage;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.Severity;

class SeveritiesTest {

    private static final String AFFECTED = """
            "affected": [{"package": {"ecosystem": "npm", "name": "event-stream"}, "versions": ["3.3.6"]}]""";

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
}
