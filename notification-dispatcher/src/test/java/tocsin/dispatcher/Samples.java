package tocsin.dispatcher;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import tocsin.dispatcher.incident.Match;
import tocsin.dispatcher.incident.MatchReader;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryKind;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.Severity;

/** Valid messages; a test changes the one thing that it is about. */
public final class Samples {

    public static final Instant PUBLISHED = Instant.parse("2026-04-17T10:00:00Z");
    public static final MessageCodec<AdvisoryMatched> CODEC = MessageCodec.of(AdvisoryMatched.class);

    private Samples() {}

    /** A malware report of one version of an npm package. */
    public static AdvisoryAccepted.Builder advisory() {
        return AdvisoryAccepted.newBuilder()
                .setFeed("osv")
                .setAdvisoryId("GHSA-aaaa-bbbb-cccc")
                .setEcosystem("npm")
                .setPackageName("example-pkg")
                .setRevision(PUBLISHED)
                .setPublishedAt(PUBLISHED)
                .setFirstReceivedAt(PUBLISHED)
                .setNarrowed(false)
                .setAliases(List.of())
                .setKind(AdvisoryKind.MALWARE)
                .setSeverity(Severity.CRITICAL)
                .setSummary("Steals tokens at installation.")
                .setAllVersions(false)
                .setVersions(List.of("1.0.0"))
                .setRanges(List.of());
    }

    public static AffectedDownload download(String eventId, String fetchedAt, Principal principal) {
        return AffectedDownload.newBuilder()
                .setEventId(eventId)
                .setVersion("1.0.0")
                .setFetchedAt(Instant.parse(fetchedAt))
                .setReceivedAt(Instant.parse(fetchedAt))
                .setPrincipal(principal)
                .build();
    }

    public static Principal human(String id) {
        return Principal.newBuilder()
                .setType(PrincipalType.HUMAN)
                .setId(id)
                .setName("Ada")
                .setEmail("ada@example.com")
                .build();
    }

    public static Principal bot(String id, String repository) {
        return Principal.newBuilder()
                .setType(PrincipalType.CI_CD)
                .setId(id)
                .setName("my-ci-bot")
                .setRepository(repository)
                .build();
    }

    public static Principal orgToken(String id) {
        return Principal.newBuilder()
                .setType(PrincipalType.ORG_TOKEN)
                .setId(id)
                .setName("build token")
                .build();
    }

    /** @param count so many downloads, a second apart, the newest first */
    public static List<AffectedDownload> downloads(int count, String newest) {
        Instant at = Instant.parse(newest);
        return IntStream.range(0, count)
                .mapToObj(i -> download("e" + i, at.minusSeconds(i).toString(), bot("bot", "example-org/example-repo")))
                .toList();
    }

    public static AdvisoryMatched.Builder matched(String audience, AffectedDownload... downloads) {
        return matched(audience, advisory(), List.of(downloads));
    }

    /** Of one download. */
    public static AdvisoryMatched.Builder matched(String audience, AdvisoryAccepted.Builder advisory) {
        return matched(audience, advisory, List.of(download("e1", "2026-04-15T08:30:00Z", human("u1"))));
    }

    public static AdvisoryMatched.Builder matched(
            String audience, AdvisoryAccepted.Builder advisory, List<AffectedDownload> downloads) {
        return AdvisoryMatched.newBuilder()
                .setMatchId(UUID.randomUUID().toString())
                .setAdvisory(advisory.build())
                .setAudience(audience)
                .setDownloads(new ArrayList<>(downloads))
                .setFetchedVersions(downloads.stream()
                        .map(AffectedDownload::getVersion)
                        .distinct()
                        .toList())
                .setLate(false);
    }

    /** The facts of a message, as the service reads them. */
    public static Match read(AdvisoryMatched.Builder matched) {
        return MatchReader.read(CODEC.encode(matched.build()));
    }

    public static Optional<Instant> at(String instant) {
        return Optional.of(Instant.parse(instant));
    }
}
