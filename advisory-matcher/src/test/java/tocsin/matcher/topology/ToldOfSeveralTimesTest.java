package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.matcher.match.Download;
import tocsin.matcher.match.Matching;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;

/** A download that is told of several times takes a row for each, which are one download to whoever reads, and one row in the end. */
class ToldOfSeveralTimesTest {

    private static final Instant LATE = Instant.parse("2026-04-16T08:30:00Z");
    private static final Instant EARLY = Instant.parse("2026-04-15T08:30:00Z");
    private static final Principal BOB = new Principal(PrincipalType.HUMAN, "bob", "Bob", "bob@example.org", null);

    @Test
    void isStoredWithoutALookForIt() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            CountedReads looks = new CountedReads();
            DownloadRepository downloads = repository(pipe, looks.of(pipe.store(MatchTopology.DOWNLOADS)));

            // When
            downloads.put(Download.of(download("e1").build()), 7, () -> _ -> false);

            // Then
            assertEquals(0, looks.gets());
        }
    }

    /** As after a crash. */
    @Test
    void isTheSameRowWhenItsRecordIsReadAgain() {
        try (MatchPipe pipe = new MatchPipe()) {
            DownloadRepository downloads = repository(pipe, pipe.store(MatchTopology.DOWNLOADS));

            downloads.put(Download.of(download("e1").build()), 7, () -> _ -> false);
            downloads.put(Download.of(download("e1").build()), 7, () -> _ -> false);
            downloads.put(Download.of(download("e1").build()), 8, () -> _ -> false);

            assertEquals(2, pipe.rows(MatchTopology.DOWNLOADS).size());
        }
    }

    /** In one slice, and in as many as there are rows; without a retention, too. */
    @ParameterizedTest
    @ValueSource(longs = {0, 10_000_000})
    void becomesOneRow(long nanosPerLook) {
        try (MatchPipe pipe = new MatchPipe(nanosPerLook)) {
            // Given
            for (int time = 0; time < 3; time++) {
                pipe.download(download("e").setReceivedAt(LATE));
                pipe.download(download("e1").setReceivedAt(LATE));
                pipe.download(download("e1").setReceivedAt(LATE).setVersion("3.3.5"));
                pipe.download(download("e10").setReceivedAt(LATE));
            }
            pipe.download(download("e1").setReceivedAt(EARLY).setPrincipal(BOB));
            pipe.download(download("e10").setReceivedAt(LATE).setPrincipal(BOB));
            assertEquals(14, pipe.rows(MatchTopology.DOWNLOADS).size());

            // When
            pipe.passTime(Duration.ofSeconds(20));

            // Then
            assertEquals(4, pipe.rows(MatchTopology.DOWNLOADS).size());
            pipe.publish(osv("GHSA-1").affecting("\"versions\": [\"3.3.6\"]"));
            assertEquals(List.of("e " + LATE + " bot-1", "e1 " + EARLY + " bob", "e10 " + LATE + " bot-1"), told(pipe));
        }
    }

    @Test
    void isToldOfAsOneBeforeThat() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.download(download("e1").setReceivedAt(LATE));
            pipe.download(download("e1").setReceivedAt(EARLY).setPrincipal(BOB));
            pipe.download(download("e1").setReceivedAt(EARLY));

            // When
            pipe.publish(osv("GHSA-1"));

            // Then
            assertEquals(List.of("e1 " + EARLY + " bob"), told(pipe));
        }
    }

    /** Rows of before have the event id as the end of their key. */
    @Test
    void isOneWithARowOfBefore() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.download(download("e1").setReceivedAt(EARLY));
            KeyValueStore<Bytes, byte[]> rows = pipe.store(MatchTopology.DOWNLOADS);
            try (var all = rows.all()) {
                var row = all.next();
                byte[] key = row.key.get();
                rows.put(
                        Bytes.wrap(ByteBuffer.allocate(key.length - 1 - Long.BYTES)
                                .put(key, 0, key.length - 1 - Long.BYTES)
                                .array()),
                        row.value);
                rows.delete(row.key);
            }
            pipe.download(download("e1").setReceivedAt(EARLY).setPrincipal(BOB));
            pipe.download(download("e2").setReceivedAt(EARLY));
            List<String> both = List.of("e1 " + EARLY + " bot-1", "e2 " + EARLY + " bot-1");
            pipe.publish(osv("GHSA-1"));
            assertEquals(both, told(pipe));

            // When
            pipe.passTime(Duration.ofSeconds(20));
            pipe.publish(osv("GHSA-2"));

            // Then
            assertEquals(2, pipe.rows(MatchTopology.DOWNLOADS).size());
            assertEquals(both, told(pipe));
        }
    }

    /** However often: what is trimmed is told by downloads, not by rows. */
    @Test
    void pushesOutNoOtherDownload() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            pipe.download(download("oldest").setFetchedAt(EARLY));
            IntStream.range(0, 3_000)
                    .forEach(i -> pipe.download(download("e" + i % 3).setFetchedAt(LATE)));

            // When
            pipe.publish(osv("GHSA-1"));

            // Then
            AdvisoryMatched match = pipe.matches().getFirst();
            assertEquals(
                    List.of("e0", "e1", "e2", "oldest"),
                    match.getDownloads().stream()
                            .map(AffectedDownload::getEventId)
                            .toList());
            assertEquals(Optional.empty(), match.getNextOlderAt());
            int rows = pipe.rows(MatchTopology.DOWNLOADS).size();
            assertTrue(rows < 1_200, rows + " rows");
        }
    }

    /** A sweep that has passed the first row comes there no more. */
    @Test
    void bringsNobodyBackIntoTheRowThatStays() {
        try (MatchPipe pipe = new MatchPipe()) {
            // Given
            KeyValueStore<Bytes, byte[]> rows = pipe.store(MatchTopology.DOWNLOADS);
            DownloadRepository downloads = repository(pipe, rows);
            Download late = Download.of(download("e1").setReceivedAt(LATE).build());
            Download bobs = Download.of(
                    download("e1").setReceivedAt(EARLY).setPrincipal(BOB).build());
            downloads.put(late, 7, () -> _ -> false);
            downloads.put(bobs, 8, () -> _ -> false);
            ErasureRepository erasures =
                    new ErasureRepository(pipe.store(MatchTopology.ERASURES), new StateChanges(), pipe.clock);
            ErasureSubject.subjectsOf(bobs.audience().text(), BOB)
                    .forEach(subject -> erasures.remember(subject, MatchPipe.NOW));

            // When
            pipe.passTime(Duration.ofSeconds(20));

            // Then
            assertEquals(1, pipe.rows(MatchTopology.DOWNLOADS).size());
            assertEquals(
                    0,
                    pipe.rows(MatchTopology.DOWNLOADS).stream()
                            .filter(row -> row.contains("bob"))
                            .count());
        }
    }

    /** Both are too old, and an advisory whose scan may be under way counts one of them: they stay or go together. In one slice, and in as many as there are downloads. */
    @ParameterizedTest
    @ValueSource(longs = {0, 10_000_000})
    void namesNobodyWhomItsOtherRowDoesNotNameWhereItStays(long nanosPerLook) {
        try (MatchPipe pipe = new MatchPipe(nanosPerLook, 0, new Matching(Duration.ofDays(7)), Duration.ofHours(1))) {
            // Given
            Instant beforeIt = Samples.PUBLISHED.minusSeconds(1);
            Instant afterIt = Samples.PUBLISHED.plusSeconds(1);
            pipe.publish(osv("GHSA-1"));
            pipe.download(download("e1")
                    .setFetchedAt(afterIt)
                    .setReceivedAt(afterIt)
                    .setPrincipal(new Principal(PrincipalType.HUMAN, ErasureSubject.ERASED_ID, null, null, null)));
            pipe.download(
                    download("e1").setFetchedAt(afterIt).setReceivedAt(beforeIt).setPrincipal(BOB));
            pipe.download(download("e2").setFetchedAt(afterIt).setReceivedAt(afterIt));
            pipe.matches();

            // When
            pipe.passTime(Duration.ofSeconds(20));

            // Then
            assertEquals(1, pipe.rows(MatchTopology.DOWNLOADS).size());
            pipe.publish(osv("GHSA-2"));
            assertEquals(List.of("e1 " + beforeIt + " " + ErasureSubject.ERASED_ID), told(pipe));
        }
    }

    /** Another record of it, while the pass is between two slices: it waits for the next pass, and is not judged by itself. */
    @Test
    void isNotTakenForAnotherDownloadWhereItComesBetweenTwoSlices() {
        try (MatchPipe pipe = new MatchPipe(10_000_000, 0, new Matching(Duration.ofDays(7)), Duration.ofHours(1))) {
            // Given
            Instant beforeIt = Samples.PUBLISHED.minusSeconds(1);
            Instant afterIt = Samples.PUBLISHED.plusSeconds(1);
            pipe.publish(osv("GHSA-1"));
            pipe.download(download("e1").setFetchedAt(afterIt).setReceivedAt(beforeIt));
            pipe.passTime(Duration.ofSeconds(1));

            // When
            pipe.download(download("e1")
                    .setFetchedAt(afterIt)
                    .setReceivedAt(afterIt)
                    .setPrincipal(new Principal(PrincipalType.CI_CD, ErasureSubject.ERASED_ID, null, null, null)));
            pipe.passTime(Duration.ofSeconds(20));

            // Then
            pipe.matches();
            pipe.publish(osv("GHSA-2"));
            assertEquals(List.of("e1 " + beforeIt + " " + ErasureSubject.ERASED_ID), told(pipe));
        }
    }

    private static DownloadRepository repository(MatchPipe pipe, KeyValueStore<Bytes, byte[]> rows) {
        return new DownloadRepository(
                rows, new ErasureRepository(pipe.store(MatchTopology.ERASURES), new StateChanges(), pipe.clock));
    }

    private static List<String> told(MatchPipe pipe) {
        return pipe.matches().getFirst().getDownloads().stream()
                .map(row -> row.getEventId() + " " + row.getReceivedAt() + " "
                        + row.getPrincipal().getId())
                .toList();
    }
}
