package tocsin.matcher.match;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.Severity;
import tocsin.schemas.avro.VersionEvent;
import tocsin.schemas.avro.VersionEventKind;
import tocsin.schemas.avro.VersionRange;

/** Valid accepted advisories; a test changes the one thing that it is about. */
public final class Advisories {

    public static final Instant PUBLISHED = Instant.parse("2026-04-17T10:00:00Z");

    private Advisories() {}

    public static AdvisoryAccepted.Builder advisory() {
        return AdvisoryAccepted.newBuilder()
                .setFeed("osv")
                .setAdvisoryId("GHSA-1")
                .setEcosystem("npm")
                .setPackageName("event-stream")
                .setRevision(PUBLISHED)
                .setPublishedAt(PUBLISHED)
                .setFirstReceivedAt(PUBLISHED.plusSeconds(60))
                .setWithdrawnAt(null)
                .setNarrowed(false)
                .setAliases(List.of())
                .setKind(AdvisoryKind.VULNERABILITY)
                .setSeverity(Severity.HIGH)
                .setSummary("")
                .setAdvisoryUrl(null)
                .setAllVersions(false)
                .setVersions(List.of())
                .setRanges(List.of());
    }

    /** Reads {@code introduced:1.0 fixed:1.5 | introduced:2.0}: events in their order, ranges apart by a bar. */
    public static List<VersionRange> ranges(String text) {
        return Stream.of(text.split("\\|"))
                .map(String::strip)
                .filter(range -> !range.isEmpty())
                .map(range -> new VersionRange(Stream.of(range.split(" +"))
                        .map(event -> event.split(":", 2))
                        .map(parts -> new VersionEvent(kind(parts[0]), parts[1]))
                        .toList()))
                .toList();
    }

    private static VersionEventKind kind(String name) {
        return switch (name) {
            case "introduced" -> VersionEventKind.INTRODUCED;
            case "fixed" -> VersionEventKind.FIXED;
            case "last" -> VersionEventKind.LAST_AFFECTED;
            case "limit" -> VersionEventKind.LIMIT;
            default -> throw new IllegalArgumentException(name);
        };
    }
}
