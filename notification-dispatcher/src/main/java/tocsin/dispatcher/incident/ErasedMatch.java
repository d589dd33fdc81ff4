package tocsin.dispatcher.incident;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Principal;

/** A match without somebody. An organisation is still told what was fetched and when; the holder of a token is told nothing. */
public final class ErasedMatch {

    private static final MessageCodec<AdvisoryMatched> CODEC = MessageCodec.of(AdvisoryMatched.class);

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

    /** As it came, without several of them. @return the same bytes if it names none */
    public static byte[] without(Map<ErasureSubject, Instant> subjects, byte[] match) {
        if (subjects.isEmpty()) {
            return match;
        }
        AdvisoryMatched rest = CODEC.decode(match);
        for (Map.Entry<ErasureSubject, Instant> subject : subjects.entrySet()) {
            rest = without(subject.getKey(), subject.getValue(), rest);
        }
        return CODEC.encode(rest);
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
