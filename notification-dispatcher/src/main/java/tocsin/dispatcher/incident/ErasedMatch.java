package tocsin.dispatcher.incident;

import java.time.Instant;
import java.util.List;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Principal;

/** A match without somebody. An organisation is still told what was fetched and when; the holder of a token is told nothing. */
public final class ErasedMatch {

    private ErasedMatch() {}

    /**
     * @param by what was fetched and received after it stays: it is a new fact
     * @return the match itself if it does not name the subject; perhaps without any download
     */
    public static AdvisoryMatched without(ErasureSubject subject, Instant by, AdvisoryMatched match) {
        List<AffectedDownload> downloads = match.getDownloads();
        List<AffectedDownload> rest = switch (subject) {
            case ErasureSubject.OfToken _ ->
                downloads.stream().filter(it -> !names(subject, by, match, it)).toList();
            case ErasureSubject.OfOrganisation _, ErasureSubject.OfEmail _ ->
                downloads.stream()
                        .map(it -> names(subject, by, match, it) ? erased(it) : it)
                        .toList();
        };
        return rest.equals(downloads)
                ? match
                : AdvisoryMatched.newBuilder(match).setDownloads(rest).build();
    }

    private static boolean names(ErasureSubject subject, Instant by, AdvisoryMatched match, AffectedDownload download) {
        boolean before = !download.getFetchedAt().isAfter(by)
                || !download.getReceivedAt().isAfter(by);
        return before && subject.covers(match.getAudience(), download.getPrincipal());
    }

    private static AffectedDownload erased(AffectedDownload download) {
        return AffectedDownload.newBuilder(download)
                .setPrincipal(Principal.newBuilder()
                        .setType(download.getPrincipal().getType())
                        .setId(ErasureSubject.ERASED_ID)
                        .build())
                .build();
    }
}
