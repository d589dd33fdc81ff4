package tocsin.matcher.topology;

import static tocsin.matcher.topology.Samples.download;

import java.time.Instant;
import java.util.List;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.schemas.avro.PrivacyErasure;

/** Jane asks to be forgotten, or the holder of a token; Joe does not. */
final class Erasures {

    static final Instant REQUESTED = Instant.parse("2026-04-17T09:00:00Z");
    static final String TOKEN = "a".repeat(64);
    static final Principal JANE = new Principal(PrincipalType.HUMAN, "user-jane", "Jane", "Jane@example.com", null);
    static final Principal JOE = new Principal(PrincipalType.HUMAN, "user-joe", "Joe", "joe@example.com", null);
    static final Principal ERASED = new Principal(PrincipalType.HUMAN, "erased", null, null, null);

    private Erasures() {}

    static PrivacyErasure.Builder erasure() {
        return PrivacyErasure.newBuilder().setErasureId("erasure-1").setRequestedAt(REQUESTED);
    }

    /** Of Jane, by the organisation that she fetches for. */
    static PrivacyErasure ofJane() {
        return erasure().setOrgId("example-org").setPrincipalId("user-jane").build();
    }

    static PrivacyErasure ofAddress(String address) {
        return erasure().setEmailHash(RecordKeys.emailRecipient(address)).build();
    }

    static PrivacyErasure ofToken() {
        return erasure().setTokenId(TOKEN).build();
    }

    static DownloadRecorded.Builder by(Principal principal, String eventId) {
        return download(eventId).setPrincipal(principal);
    }

    static DownloadRecorded.Builder byToken(String eventId) {
        return by(JOE, eventId).setAudience("token:" + TOKEN);
    }

    /** How many stored downloads say it, in key or value. */
    static long rowsThatSay(MatchPipe pipe, String text) {
        return pipe.rows(MatchTopology.DOWNLOADS).stream()
                .filter(row -> row.contains(text))
                .count();
    }

    static List<Principal> principals(AdvisoryMatched match) {
        return match.getDownloads().stream().map(AffectedDownload::getPrincipal).toList();
    }
}
