package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.eventIds;
import static tocsin.matcher.topology.Samples.only;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AdvisoryPublished;

/** An advisory is told of as it stands, and what it took back is told to those who heard it. */
class RevisionsAndWithdrawalsTest {

    private static final Instant OLD = Instant.parse("2026-04-01T00:00:00Z");

    @AutoClose
    private final MatchPipe pipe = new MatchPipe();

    @Test
    void anotherRevisionIsAnotherMatch() {
        // Given
        pipe.download(download("e1"));
        pipe.publish(osv("GHSA-1"));
        String first = only(pipe.matches()).getMatchId();

        // When
        pipe.publish(osv("GHSA-1").modifiedAt("2026-04-18T00:00:00Z"));

        // Then
        assertFalse(first.equals(only(pipe.matches()).getMatchId()));
    }

    @Test
    void aWithdrawalIsMatchedWithTheDownloadsItWasToldOfAndSilencesLateOnes() {
        // Given
        pipe.download(download("e1"));
        pipe.publish(osv("GHSA-1"));
        pipe.matches();

        // When
        pipe.publish(osv("GHSA-1").modifiedAt("2026-04-18T00:00:00Z").withdrawnAt("2026-04-18T00:00:00Z"));
        pipe.download(download("late"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(List.of("e1"), eventIds(match));
        assertEquals(
                Optional.of(Instant.parse("2026-04-18T00:00:00Z")),
                match.getAdvisory().getWithdrawnAt());
    }

    @Test
    void aWithdrawalThatSaysNothingMoreReachesAllThatWereTold() {
        // Given
        pipe.download(download("e1"));
        pipe.publish(osv("GHSA-1"));
        String told = only(pipe.matches()).getMatchId();

        // When
        pipe.publish(Samples.published("""
                {"id": "GHSA-1", "modified": "2026-04-18T00:00:00Z", "published": "2026-04-17T10:00:00Z",
                 "withdrawn": "2026-04-18T00:00:00Z", "affected": []}
                """, MatchPipe.NOW));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(List.of("e1"), eventIds(match));
        assertEquals(
                Optional.of(Instant.parse("2026-04-18T00:00:00Z")),
                match.getAdvisory().getWithdrawnAt());
        assertFalse(match.getMatchId().equals(told));
    }

    @Test
    void aVersionThatALaterRevisionAddsRingsForFetchesMadeBeforeThatRevisionCame() {
        // Given
        Instant between = Samples.PUBLISHED.plusSeconds(1800);
        pipe.publish(osv("GHSA-1"));
        pipe.download(download("old").setFetchedAt(between).setReceivedAt(between));
        pipe.download(
                download("added").setVersion("3.3.7").setFetchedAt(between).setReceivedAt(between));
        assertEquals(List.of(), pipe.matches());

        // When
        pipe.publish(Samples.published(
                osv("GHSA-1")
                        .affecting("\"versions\": [\"3.3.6\", \"3.3.7\"]")
                        .modifiedAt("2026-04-17T11:00:00Z")
                        .json(),
                Samples.PUBLISHED.plusSeconds(3700)));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertEquals(List.of("added"), eventIds(match));
        assertEquals(List.of(), match.getAdvisory().getEarlier().orElse(List.of()));

        // When others come late
        pipe.download(download("late-old").setFetchedAt(between).setReceivedAt(between));
        pipe.download(
                download("late-added").setVersion("3.3.7").setFetchedAt(between).setReceivedAt(between));

        // Then
        assertEquals(List.of("late-added"), eventIds(only(pipe.matches())));
    }

    @Test
    void aFullMatchDoesNotHideWhatTheRevisionAdded() {
        // Given
        IntStream.range(0, 50)
                .forEach(i ->
                        pipe.download(download("added" + i).setVersion("3.3.5").setFetchedAt(OLD.plusSeconds(i))));
        IntStream.range(0, 1001)
                .forEach(i -> pipe.download(download("told" + i).setFetchedAt(OLD.plusSeconds(100 + i))));
        pipe.publish(osv("GHSA-1"));
        assertEquals(1000, only(pipe.matches()).getDownloads().size());

        // When
        pipe.publish(
                osv("GHSA-1").affecting("\"versions\": [\"3.3.5\", \"3.3.6\"]").modifiedAt("2026-04-18T00:00:00Z"));

        // Then
        List<AdvisoryMatched> matches = pipe.matches();
        assertEquals(
                List.of(50, 1000),
                matches.stream().map(m -> m.getDownloads().size()).toList());
        assertEquals(
                List.of(List.of("3.3.5"), List.of("3.3.5", "3.3.6")),
                matches.stream().map(AdvisoryMatched::getFetchedVersions).toList());
        assertFalse(matches.getFirst().getMatchId().equals(matches.getLast().getMatchId()));
        assertFalse(matches.getFirst().getLate());
    }

    @Test
    void aFullMatchOfNothingButWhatTheRevisionAddedIsToldOnce() {
        // Given
        IntStream.range(0, 1001)
                .forEach(i ->
                        pipe.download(download("added" + i).setVersion("3.3.5").setFetchedAt(OLD.plusSeconds(i))));
        pipe.publish(osv("GHSA-1"));

        // When
        pipe.publish(
                osv("GHSA-1").affecting("\"versions\": [\"3.3.5\", \"3.3.6\"]").modifiedAt("2026-04-18T00:00:00Z"));

        // Then
        assertEquals(1000, only(pipe.matches()).getDownloads().size());
    }

    @Test
    void thoseWhoWereToldOfAPackageThatIsNamedNoMoreHearOfThat() {
        // Given
        pipe.download(download("e1"));
        pipe.download(download("e2").setAudience("org:another").setVersion("3.3.5"));
        pipe.publish(osv("GHSA-1"));
        pipe.matches();

        // When
        pipe.publish(osv("GHSA-1").named("flatmap-stream").modifiedAt("2026-04-18T00:00:00Z"));

        // Then
        AdvisoryMatched match = only(pipe.matches());
        assertTrue(match.getAdvisory().getNarrowed());
        assertEquals(Samples.ORG, match.getAudience());
        assertEquals(List.of("e1"), eventIds(match));
    }

    @Test
    void anOlderRevisionDoesNotBringBackAWithdrawnAdvisory() {
        // Given
        pipe.publish(osv("GHSA-1").modifiedAt("2026-04-18T00:00:00Z").withdrawnAt("2026-04-18T00:00:00Z"));

        // When
        pipe.publish(osv("GHSA-1"));
        pipe.download(download("late"));

        // Then
        assertEquals(List.of(), pipe.matches());
        assertEquals(
                1.0,
                pipe.registry
                        .counter("tocsin.matcher.intake", "feed", "osv", "outcome", "older")
                        .count());
    }

    /**
     * As after a crash upstream. It may have had no time to tell, but whom it would tell now would be told of what no longer stands: the
     * newer one's own scan tells all that does.
     */
    @Test
    void anOlderRevisionThatIsFannedOutAgainIsNotScannedAndDoesNotReplaceTheNewer() {
        // Given
        pipe.download(download("e1"));
        pipe.publish(osv("GHSA-1"));
        TestRecord<byte[], byte[]> older = only(pipe.records(Topics.ADVISORY_FANOUT));
        pipe.publish(osv("GHSA-1").modifiedAt("2026-04-18T00:00:00Z").withdrawnAt("2026-04-18T00:00:00Z"));
        assertEquals(2, pipe.matches().size());

        // When
        pipe.sendBytes(Topics.ADVISORY_FANOUT, older.key(), older.value());
        pipe.download(download("late"));

        // Then
        assertEquals(List.of(), pipe.matches());
    }

    @Test
    void aPackageThatARevisionNamesNoLongerIsNarrowedAndSilent() {
        // Given
        pipe.publish(osv("GHSA-1"));
        pipe.accepted();

        // When
        pipe.publish(osv("GHSA-1").named("flatmap-stream").modifiedAt("2026-04-18T00:00:00Z"));
        pipe.download(download("late"));
        pipe.download(download("affected").setPackageName("flatmap-stream"));

        // Then
        assertEquals(
                Set.of("event-stream narrowed", "flatmap-stream"),
                pipe.accepted().stream()
                        .map(a -> a.getPackageName() + (a.getNarrowed() ? " narrowed" : ""))
                        .collect(Collectors.toSet()));
        assertEquals(List.of("affected"), eventIds(only(pipe.matches())));
    }

    @Test
    void firstReceivedIsTheEarliestReceiptOfAnyRevision() {
        // Given
        Instant first = Instant.parse("2026-04-17T10:30:00Z");
        pipe.publish(Samples.published(osv("GHSA-1").json(), first));

        // When
        pipe.publish(new AdvisoryPublished(
                "osv", osv("GHSA-1").modifiedAt("2026-04-18T00:00:00Z").json(), null));

        // Then
        assertEquals(
                List.of(first, first),
                pipe.accepted().stream()
                        .map(AdvisoryAccepted::getFirstReceivedAt)
                        .toList());
    }

    @Test
    void theRecordsTimeIsTheTimeOfReceiptWhereTheMessageNamesNone() {
        // When
        pipe.publish(new AdvisoryPublished("osv", osv("GHSA-1").json(), null));

        // Then
        assertEquals(MatchPipe.NOW, only(pipe.accepted()).getFirstReceivedAt());
    }
}
