package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tocsin.matcher.match.Matching;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.PrivacyErasure;

/** No match passes for complete that would count a download whose row was trimmed. */
class TellsThatItTrimmedTest {

    /** Counts for an advisory that is published now. */
    private static final Instant JANUARY = Instant.parse("2026-01-10T09:00:00Z");

    /** Does not. */
    private static final Instant LATER = MatchPipe.NOW.plus(Duration.ofDays(30));

    private static final String TOKEN = "5e".repeat(32);

    @Test
    void whereNoRowIsLeftOfDownloadsThatCountTheMatchSaysThatThereWereMore() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            fetched(pipe, "old", 50, JANUARY);
            fetched(pipe, "new", 2600, LATER);

            // When
            pipe.publish(osv("GHSA-1"));

            // Then
            AdvisoryMatched match = pipe.matches().getFirst();
            assertEquals(List.of("old0"), ids(match));
            assertEquals(
                    Optional.of(Samples.PUBLISHED),
                    match.getNextOlderAt(),
                    "no later than the last instant that counts");
        }
    }

    @Test
    void aMatchThatCountsNothingOfWhatWasTrimmedIsComplete() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            fetched(pipe, "old", 1, JANUARY);
            fetched(pipe, "new", 1300, LATER);

            // When
            pipe.publish(osv("GHSA-1"));

            // Then
            AdvisoryMatched match = pipe.matches().getFirst();
            assertEquals(List.of("old0"), ids(match));
            assertEquals(Optional.empty(), match.getNextOlderAt());
        }
    }

    @Test
    void theNextOlderOneOfAThousandStaysExact() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            fetched(pipe, "old", 1300, JANUARY);

            // When
            pipe.publish(osv("GHSA-1"));

            // Then
            AdvisoryMatched match = pipe.matches().getFirst();
            assertEquals(1000, match.getDownloads().size());
            assertEquals(Optional.of(JANUARY.plusSeconds(299)), match.getNextOlderAt());
        }
    }

    @Test
    void whatIsKnownOfTrimmedDownloadsGoesWhenTheyWouldHave() {
        try (MatchPipe pipe = new MatchPipe(0, 0, new Matching(Duration.ofDays(7)), Duration.ofDays(365))) {
            // Given
            fetched(pipe, "old", 1300, JANUARY);

            // When
            pipe.clock.advance(Duration.ofDays(366));
            pipe.passTime(Duration.ofSeconds(20));

            // Then
            assertEquals(List.of(), pipe.rows(MatchTopology.DOWNLOADS));
        }
    }

    @Test
    void theHolderOfATokenIsErasedWithIt() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            for (int i = 0; i < 1300; i++) {
                pipe.download(fetchedAt("t" + i, JANUARY.plusSeconds(i)).setAudience("token:" + TOKEN));
            }

            // When
            pipe.erase(erasure().setTokenId(TOKEN).build());

            // Then
            assertEquals(List.of(), pipe.rows(MatchTopology.DOWNLOADS));
        }
    }

    @Test
    void anOrganisationKnowsThatThereWereMoreWhoeverIsErased() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            fetched(pipe, "old", 50, JANUARY);
            fetched(pipe, "new", 1300, LATER);

            // When
            pipe.erase(erasure().setOrgId("example-org").setPrincipalId("bot-1").build());
            pipe.publish(osv("GHSA-1"));

            // Then
            assertEquals(
                    Optional.of(Samples.PUBLISHED), pipe.matches().getFirst().getNextOlderAt());
        }
    }

    private static void fetched(MatchPipe pipe, String id, int times, Instant from) {
        for (int i = 0; i < times; i++) {
            pipe.download(fetchedAt(id + i, from.plusSeconds(i)));
        }
    }

    private static DownloadRecorded.Builder fetchedAt(String eventId, Instant at) {
        return download(eventId).setFetchedAt(at).setReceivedAt(at);
    }

    private static PrivacyErasure.Builder erasure() {
        return PrivacyErasure.newBuilder().setErasureId("erasure-1").setRequestedAt(MatchPipe.NOW);
    }

    private static List<String> ids(AdvisoryMatched match) {
        return match.getDownloads().stream().map(AffectedDownload::getEventId).toList();
    }
}
