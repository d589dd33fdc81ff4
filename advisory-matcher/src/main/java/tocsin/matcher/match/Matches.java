package tocsin.matcher.match;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;

/** Words a match: one advisory revision and what one audience fetched of it. */
public final class Matches {

    private Matches() {}

    /** @return empty if no download counts. */
    public static Optional<AdvisoryMatched> ofScan(
            EvaluatedAdvisory evaluated, String audience, NewestDownloads newest) {
        AdvisoryAccepted advisory = evaluated.advisory();
        return of(MatchIds.ofScan(advisory, evaluated.affected(), audience), advisory, audience, newest);
    }

    /** Beside the match of all, where that is full: only what the revision added. @return empty if no download counts. */
    public static Optional<AdvisoryMatched> ofAdded(
            EvaluatedAdvisory evaluated, String audience, NewestDownloads newestOfAdded) {
        AdvisoryAccepted advisory = evaluated.advisory();
        return of(MatchIds.ofAdded(advisory, evaluated.affected(), audience), advisory, audience, newestOfAdded);
    }

    private static Optional<AdvisoryMatched> of(
            UUID id, AdvisoryAccepted advisory, String audience, NewestDownloads newest) {
        if (newest.downloads().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(AdvisoryMatched.newBuilder()
                .setMatchId(id.toString())
                .setAdvisory(advisory)
                .setAudience(audience)
                .setDownloads(newest.downloads())
                .setNextOlderAt(newest.nextOlderAt().orElse(null))
                .setFetchedVersions(newest.versions())
                .setLate(false)
                .build());
    }

    /** A match of one, for a download that came after the advisory. */
    public static AdvisoryMatched ofLate(EvaluatedAdvisory evaluated, Download download) {
        AdvisoryAccepted advisory = evaluated.advisory();
        String audience = download.audience().text();
        return AdvisoryMatched.newBuilder()
                .setMatchId(MatchIds.ofLate(
                                advisory,
                                evaluated.affected(),
                                audience,
                                download.facts().getEventId())
                        .toString())
                .setAdvisory(advisory)
                .setAudience(audience)
                .setDownloads(List.of(download.facts()))
                .setNextOlderAt(null)
                .setFetchedVersions(List.of(download.facts().getVersion()))
                .setLate(true)
                .build();
    }
}
