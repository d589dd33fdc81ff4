package tocsin.matcher.match;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;

class NewestDownloadsTest {

    private static final int ROOMY = 10_000_000;

    private static NewestDownloads newest(
            List<? extends Iterator<AffectedDownload>> rowsByVersion, Predicate<AffectedDownload> counts, int room) {
        NewestDownloads.Gathering gathering = NewestDownloads.gather(counts);
        rowsByVersion.forEach(gathering::add);
        return gathering.within(room);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, -1", "1, 1, -1", "999, 999, -1", "1000, 1000, -1", "1001, 1000, 0", "1500, 1000, 499"})
    void takesAThousandAndTellsTheTimeOfTheNext(int there, int taken, long nextOlder) {
        // When
        NewestDownloads newest = newest(List.of(rows("1.0.0", there).iterator()), row -> true, ROOMY);

        // Then
        assertEquals(taken, newest.downloads().size());
        assertEquals(
                nextOlder < 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(nextOlder)), newest.nextOlderAt());
    }

    @Test
    void mergesVersionsByTimeAndThenById() {
        // When
        NewestDownloads newest = newest(
                List.of(
                        List.of(row("b", "1.0.0", 5), row("c", "1.0.0", 3)).iterator(),
                        List.of(row("x", "2.0.0", 9), row("a", "2.0.0", 5)).iterator()),
                row -> true,
                ROOMY);

        // Then
        assertEquals(
                List.of("x", "a", "b", "c"),
                newest.downloads().stream().map(AffectedDownload::getEventId).toList());
        assertEquals(List.of("1.0.0", "2.0.0"), newest.versions());
    }

    @Test
    void tellsOfADownloadInPartsOnceByTheTimeOfTheLastThatCounts() {
        // Given parts of one download, fetched within a minute, around another download
        List<AffectedDownload> rows = List.of(
                row("parts", "1.0.0", 9), row("parts", "1.0.0", 8), row("other", "1.0.0", 7), row("parts", "1.0.0", 6));

        // When
        NewestDownloads all = newest(List.of(rows.iterator()), row -> true, ROOMY);
        NewestDownloads early =
                newest(List.of(rows.iterator()), row -> row.getFetchedAt().getEpochSecond() < 9, ROOMY);

        // Then
        assertEquals(List.of(rows.get(0), rows.get(2)), all.downloads());
        assertEquals(List.of(rows.get(1), rows.get(2)), early.downloads());
    }

    @Test
    void leavesTheRoomOfPartsToOtherDownloads() {
        // Given each of 1,001 downloads in two parts
        List<AffectedDownload> rows = rows("1.0.0", 1001).stream()
                .flatMap(row -> Stream.of(
                        row,
                        new AffectedDownload(
                                row.getEventId(),
                                row.getVersion(),
                                row.getFetchedAt().minusMillis(500),
                                row.getReceivedAt(),
                                row.getPrincipal())))
                .toList();

        // When
        NewestDownloads newest = newest(List.of(rows.iterator()), row -> true, ROOMY);

        // Then
        assertEquals(1000, newest.downloads().size());
        assertEquals(Optional.of(Instant.ofEpochSecond(0)), newest.nextOlderAt());
    }

    @Test
    void passesOverWhatDoesNotCount() {
        // When
        NewestDownloads newest = newest(
                List.of(rows("1.0.0", 10).iterator(), rows("2.0.0", 3).iterator()),
                row -> row.getVersion().equals("1.0.0") && row.getFetchedAt().getEpochSecond() < 4,
                ROOMY);

        // Then
        assertEquals(4, newest.downloads().size());
        assertEquals(List.of("1.0.0"), newest.versions());
    }

    @Test
    void tellsOfFewerWhereAThousandDoNotFitTheMessage() {
        // When
        NewestDownloads newest = newest(List.of(rows("1.0.0", 100).iterator()), row -> true, 1000);

        // Then
        assertTrue(newest.downloads().size() > 1 && newest.downloads().size() < 100);
        assertEquals(Optional.of(Instant.ofEpochSecond(99 - newest.downloads().size())), newest.nextOlderAt());
    }

    @Test
    void ofVeryManyVersionsNamesThoseFetchedLast() {
        // Given
        List<Iterator<AffectedDownload>> manyShort = IntStream.range(0, 12_000)
                .mapToObj(i -> List.of(row("e", "1." + i, i)).iterator())
                .toList();
        List<Iterator<AffectedDownload>> fewLong = IntStream.range(0, 1000)
                .mapToObj(i -> List.of(row("e", "1.0.0-" + "\u5b57".repeat(240) + i, i))
                        .iterator())
                .toList();

        // When
        List<String> ofShort = newest(manyShort, row -> true, ROOMY).versions();
        List<String> ofLong = newest(fewLong, row -> true, ROOMY).versions();

        // Then
        assertEquals(NewestDownloads.MAX_VERSIONS, ofShort.size());
        assertTrue(ofShort.contains("1.2000") && !ofShort.contains("1.1999"));
        assertTrue(ofLong.size() > 170 && ofLong.size() < 182, () -> ofLong.size() + " versions");
        assertTrue(ofLong.stream().allMatch(version -> version.matches(".*\\D(8[0-9]{2}|9[0-9]{2})")));
    }

    @Test
    void tellsOfOneHoweverLittleRoomThereIs() {
        assertEquals(
                1,
                newest(List.of(rows("1.0.0", 2).iterator()), row -> true, -1)
                        .downloads()
                        .size());
    }

    /** Newest first, one a second from second 0 on. */
    private static List<AffectedDownload> rows(String version, int count) {
        return IntStream.range(0, count)
                .map(i -> count - 1 - i)
                .mapToObj(second -> row("e" + second, version, second))
                .toList();
    }

    private static AffectedDownload row(String eventId, String version, long second) {
        Instant time = Instant.ofEpochSecond(second);
        return new AffectedDownload(
                eventId, version, time, time, new Principal(PrincipalType.HUMAN, "user-1", null, null, null));
    }
}
