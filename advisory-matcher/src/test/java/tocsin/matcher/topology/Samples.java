package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;

/** Valid messages; a test changes the one thing that it is about. */
final class Samples {

    static final String ORG = "org:example-org";
    static final Instant PUBLISHED = Instant.parse("2026-04-17T10:00:00Z");

    private Samples() {}

    static Osv osv(String id) {
        return new Osv(
                id, "npm", "event-stream", "2026-04-17T10:00:00Z", Optional.empty(), "\"versions\": [\"3.3.6\"]");
    }

    /** An OSV record with one package. */
    record Osv(String id, String ecosystem, String name, String modified, Optional<String> withdrawn, String versions) {

        Osv named(String other) {
            return new Osv(id, ecosystem, other, modified, withdrawn, versions);
        }

        Osv of(String otherEcosystem, String other) {
            return new Osv(id, otherEcosystem, other, modified, withdrawn, versions);
        }

        Osv modifiedAt(String instant) {
            return new Osv(id, ecosystem, name, instant, withdrawn, versions);
        }

        Osv withdrawnAt(String instant) {
            return new Osv(id, ecosystem, name, modified, Optional.of(instant), versions);
        }

        /** @param json the members of the affected entry that tell the versions */
        Osv affecting(String json) {
            return new Osv(id, ecosystem, name, modified, withdrawn, json);
        }

        Osv allVersions() {
            return affecting("\"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"0\"}]}]");
        }

        String json() {
            return """
                    {"schema_version": "1.7.0", "id": "%s", "modified": "%s", "published": "2026-04-17T10:00:00Z",%s
                     "summary": "Malicious code in %s",
                     "affected": [{"package": {"ecosystem": "%s", "name": "%s"}, %s}]}
                    """.formatted(
                    id,
                    modified,
                    withdrawn.map(at -> " \"withdrawn\": \"" + at + "\",").orElse(""),
                    name,
                    ecosystem,
                    name,
                    versions);
        }
    }

    static AdvisoryPublished published(Osv osv) {
        return published(osv.json(), PUBLISHED);
    }

    static AdvisoryPublished published(String osv, Instant receivedAt) {
        return new AdvisoryPublished("osv", osv, receivedAt);
    }

    static DownloadRecorded.Builder download(String eventId) {
        return DownloadRecorded.newBuilder()
                .setEventId(eventId)
                .setSource("proxy-1")
                .setEcosystem("npm")
                .setPackageName("event-stream")
                .setVersion("3.3.6")
                .setFetchedAt(Instant.parse("2026-04-15T08:30:00Z"))
                .setReceivedAt(Instant.parse("2026-04-15T08:30:01Z"))
                .setAudience(ORG)
                .setPrincipal(
                        new Principal(PrincipalType.CI_CD, "bot-1", "my-ci-bot", null, "example-org/example-repo"))
                .setOriginRegistry(null);
    }

    static List<String> eventIds(AdvisoryMatched match) {
        return match.getDownloads().stream().map(AffectedDownload::getEventId).toList();
    }

    static <T> T only(List<T> list) {
        assertEquals(1, list.size(), () -> "exactly one of " + list);
        return list.getFirst();
    }
}
