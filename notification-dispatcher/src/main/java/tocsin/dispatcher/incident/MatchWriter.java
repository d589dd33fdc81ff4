package tocsin.dispatcher.incident;

import java.util.List;
import java.util.Locale;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.VersionEvent;
import tocsin.schemas.avro.VersionEventKind;
import tocsin.schemas.avro.VersionRange;

/** Writes a match so that {@link MatchReader} reads the same again: what is kept of it is erased as what waits is. */
public final class MatchWriter {

    private static final MessageCodec<AdvisoryMatched> CODEC = MessageCodec.of(AdvisoryMatched.class);

    private MatchWriter() {}

    public static byte[] bytes(Match match) {
        return CODEC.encode(AdvisoryMatched.newBuilder()
                .setMatchId(match.id().toString())
                .setAdvisory(advisory(match.advisory()))
                .setAudience(match.audience().text())
                .setDownloads(
                        match.downloads().stream().map(MatchWriter::download).toList())
                .setNextOlderAt(match.nextOlderAt().orElse(null))
                .setFetchedVersions(match.fetchedVersions())
                .setLate(match.late())
                .build());
    }

    private static AdvisoryAccepted advisory(Advisory advisory) {
        return AdvisoryAccepted.newBuilder()
                .setFeed(advisory.feed())
                .setAdvisoryId(advisory.id())
                .setEcosystem(advisory.packageKey().ecosystem().wireName())
                .setPackageName(advisory.packageKey().name())
                .setRevision(advisory.revision())
                .setPublishedAt(advisory.publishedAt())
                // Only the matcher needs it, and this never goes back there.
                .setFirstReceivedAt(advisory.publishedAt())
                .setWithdrawnAt(advisory.withdrawnAt().orElse(null))
                .setNarrowed(advisory.narrowed())
                .setAliases(advisory.aliases())
                .setKind(advisory.kind())
                .setSeverity(advisory.severity())
                .setSummary(advisory.summary())
                .setAdvisoryUrl(advisory.url().orElse(null))
                .setAllVersions(advisory.allVersions())
                .setVersions(advisory.versions())
                .setRanges(advisory.ranges().stream().map(MatchWriter::range).toList())
                .build();
    }

    private static VersionRange range(AffectedRange range) {
        List<VersionEvent> events = range.borders().stream()
                .map(border -> VersionEvent.newBuilder()
                        .setKind(VersionEventKind.valueOf(border.kind().toUpperCase(Locale.ROOT)))
                        .setVersion(border.version())
                        .build())
                .toList();
        return VersionRange.newBuilder().setEvents(events).build();
    }

    private static AffectedDownload download(Download download) {
        return AffectedDownload.newBuilder()
                .setEventId(download.eventId())
                .setVersion(download.version())
                .setFetchedAt(download.fetchedAt())
                .setReceivedAt(download.receivedAt())
                .setPrincipal(principal(download.principal()))
                .build();
    }

    static tocsin.schemas.avro.Principal principal(Principal principal) {
        return tocsin.schemas.avro.Principal.newBuilder()
                .setType(principal.type())
                .setId(principal.id())
                .setName(principal.name())
                .setEmail(principal.email().orElse(null))
                .setRepository(principal.repository().orElse(null))
                .build();
    }
}
