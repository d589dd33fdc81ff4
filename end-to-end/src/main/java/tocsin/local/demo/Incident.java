package tocsin.local.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tocsin.local.osv.OsvRecord;

/**
 * The npm package event-stream, whose version 3.3.6 of September 2018 brought in a package that stole from bitcoin wallets; it was
 * found out in November 2018.
 */
final class Incident {

    static final String ID = "GHSA-mh6f-8j2x-4483";
    static final String PACKAGE = "event-stream";
    static final String AFFECTED = "3.3.6";

    private Incident() {}

    /**
     * The advisory with the incident's facts and today's date. An advisory counts downloads from before it was published, and Tocsin
     * tells only downloads from after an organisation said where to: with the date of 2018 nothing fetched today could count.
     */
    static OsvRecord.Sendable publishedAgain(Instant at) {
        String now = at.truncatedTo(ChronoUnit.MILLIS).toString();
        Map<String, Object> osv = new LinkedHashMap<>();
        osv.put("schema_version", "1.6.0");
        osv.put("id", ID);
        osv.put("modified", now);
        osv.put("published", now);
        osv.put("summary", "Malicious code in event-stream 3.3.6");
        osv.put(
                "details",
                "event-stream 3.3.6 depends on flatmap-stream, which held encrypted code that took the keys of bitcoin wallets."
                        + " Remove it, and treat secrets of the machines that ran it as known to others."
                        + " (The facts are those of November 2018; this record is published again for a demonstration, at the time it runs.)");
        osv.put(
                "affected",
                List.of(Map.of(
                        "package",
                        Map.of("ecosystem", "npm", "name", PACKAGE, "purl", "pkg:npm/" + PACKAGE),
                        "ranges",
                        List.of(Map.of(
                                "type",
                                "SEMVER",
                                "events",
                                List.of(Map.of("introduced", AFFECTED), Map.of("fixed", "4.0.0")))),
                        "versions",
                        List.of(AFFECTED))));
        osv.put(
                "references",
                List.of(
                        Map.of("type", "ADVISORY", "url", "https://github.com/advisories/" + ID),
                        Map.of("type", "WEB", "url", "https://github.com/dominictarr/event-stream/issues/116")));
        osv.put("database_specific", Map.of("severity", "CRITICAL", "cwe_ids", List.of("CWE-506")));
        try {
            return new OsvRecord.Sendable(ID, JsonMapper.builder().build().writeValueAsString(osv));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps and text are always JSON", e);
        }
    }
}
