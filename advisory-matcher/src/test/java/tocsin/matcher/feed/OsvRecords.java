package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryPublished;

/** What the feed osv publishes of GHSA-1: its revisions, and the entries of packages of npm that they consist of. */
final class OsvRecords {

    private OsvRecords() {}

    static PackageKey npm(String name) {
        return new PackageKey(Ecosystem.NPM, name);
    }

    /** @param members what is said of its versions, each with a comma before it */
    static String entry(String name, String members) {
        return "{\"package\": {\"ecosystem\": \"npm\", \"name\": \"" + name + "\"}" + members + "}";
    }

    static String listed(String name, String... versions) {
        return entry(
                name,
                Stream.of(versions)
                        .map(version -> "\"" + version + "\"")
                        .collect(Collectors.joining(",", ", \"versions\": [", "]")));
    }

    /** An entry that cannot be evaluated. */
    static String unreadable(String name) {
        return entry(name, ", \"ranges\": 7");
    }

    /** One version of each package. */
    static PublishedAdvisory published(String modified, Instant receivedAt, String... names) {
        return revision(
                modified,
                receivedAt,
                Stream.of(names).map(name -> listed(name, "1.0.0")).toArray(String[]::new));
    }

    static PublishedAdvisory revision(String modified, Instant receivedAt, String... entries) {
        return read(json(modified, entries), receivedAt);
    }

    static PublishedAdvisory withdrawn(String modified, Instant receivedAt, String... entries) {
        String json = json(modified, entries);
        return read(json.substring(0, json.length() - 1) + ", \"withdrawn\": \"" + modified + "\"}", receivedAt);
    }

    static PublishedAdvisory read(String json, Instant receivedAt) {
        return assertInstanceOf(
                        PublishedAdvisory.Reading.Read.class,
                        PublishedAdvisory.read(new AdvisoryPublished("osv", json, null), receivedAt))
                .advisory();
    }

    static String json(String modified, String... entries) {
        return "{\"id\": \"GHSA-1\", \"modified\": \"" + modified + "\", \"affected\": [" + String.join(",", entries)
                + "]}";
    }
}
