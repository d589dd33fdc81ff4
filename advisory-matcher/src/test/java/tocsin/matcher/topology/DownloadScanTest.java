package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.matcher.match.Matching;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;

/** Several scans that take turns, as their records do in one partition, and slices that come again. */
class DownloadScanTest {

    private static final Duration BUDGET = Duration.ofMillis(10);
    private static final Instant STARTED = Instant.parse("2026-04-17T10:00:01Z");

    /** More than are found at once. */
    private static final int AUDIENCES = 600;

    /** More than are looked at in one step. */
    private static final int VERSIONS = 300;

    /** One more than a match tells of. */
    private static final int DOWNLOADS = 1_001;

    /** As many as are kept. */
    private static final int SEARCHES = 8;

    private final MatchPipe pipe = new MatchPipe();
    private long nanosPerLook;
    private long watch;
    private final DownloadScan scan = scan(pipe.store(MatchTopology.DOWNLOADS));

    @AfterEach
    void close() {
        pipe.close();
    }

    /** After a crash elsewhere a slice may come twice, the second time behind those that follow it. */
    @Test
    void aSliceThatComesAgainFindsAllThatFollowIt() {
        // Given a scan that is past those that are found at once
        AdvisoryAccepted advisory = fetchedByMany();
        nanosPerLook = BUDGET.toNanos() / 300;
        Optional<String> cursor = Optional.of("");
        while (cursor.orElseThrow().compareTo(audience(AUDIENCES / 2)) < 0) {
            cursor = scan.goOn(advisory, STARTED, cursor.orElseThrow(), _ -> {});
        }

        // When
        List<AdvisoryMatched> again = rest(advisory, STARTED, audience(0));

        // Then
        assertEquals(
                IntStream.range(1, AUDIENCES)
                        .mapToObj(DownloadScanTest::audience)
                        .toList(),
                again.stream().map(AdvisoryMatched::getAudience).toList());
    }

    /** Downloads wait for one audience, not for the search for the next ones as well. */
    @Test
    void aSliceThatIsOverAtOnceEndsBehindOneAudience() {
        // Given
        AdvisoryAccepted advisory = fetchedByMany();
        nanosPerLook = BUDGET.toNanos();
        List<String> cursors = new ArrayList<>();

        // When
        Optional<String> cursor = scan.goOn(advisory, STARTED, "", _ -> {});
        while (cursor.isPresent() && cursors.size() < AUDIENCES) {
            cursors.add(cursor.orElseThrow());
            cursor = scan.goOn(advisory, STARTED, cursor.orElseThrow(), _ -> {});
        }

        // Then
        assertEquals(
                IntStream.range(0, AUDIENCES - 1)
                        .mapToObj(DownloadScanTest::audience)
                        .toList(),
                cursors);
    }

    /** A build farm may have fetched a thousand times each of very many versions, and each slice does at least one audience. */
    @Test
    void readsFewRowsOfVersionsThatWereFetchedBeforeTheThousandToTell() {
        // Given
        Instant old = Instant.parse("2026-04-01T00:00:00Z");
        for (int i = 0; i < 5 * DOWNLOADS; i++) {
            pipe.download(download("e" + i)
                    .setVersion("1.0." + i / DOWNLOADS)
                    .setFetchedAt(old.plusSeconds(i))
                    .setReceivedAt(old.plusSeconds(i)));
        }
        AdvisoryAccepted advisory = accepted("event-stream");
        CountedReads reads = new CountedReads();
        List<AdvisoryMatched> matches = new ArrayList<>();

        // When
        scan(reads.of(pipe.store(MatchTopology.DOWNLOADS))).begin(advisory, matches::add);

        // Then
        assertEquals(
                "e" + (5 * DOWNLOADS - 1),
                Samples.eventIds(Samples.only(matches)).getFirst());
        assertTrue(reads.rows() < 2 * DOWNLOADS, () -> reads.rows() + " rows");
    }

    @Test
    void anotherScanOfTheSameAdvisoryFindsWhatCameSinceTheFirstBegan() {
        // Given
        pipe.download(download("e0").setAudience("org:a"));
        pipe.download(download("e1").setAudience("org:b"));
        AdvisoryAccepted advisory = accepted("event-stream");
        nanosPerLook = BUDGET.toNanos();
        assertEquals(Optional.of("org:a"), scan.goOn(advisory, STARTED, "", _ -> {}));
        pipe.download(download("e2").setAudience("org:b").setVersion("3.3.7"));

        // When
        List<AdvisoryMatched> other = rest(advisory, STARTED.plusSeconds(1), "org:a");

        // Then
        assertEquals(List.of("e1", "e2"), Samples.eventIds(Samples.only(other)));
    }

    /** Else it would begin anew in each of its slices, and come to no end. */
    @Test
    void whereAsManySearchesAreKeptAsMayBeAnotherIsMadeAtOnce() {
        // Given
        List<AdvisoryAccepted> advisories = advisoriesOfManyVersions();
        beginAsManyAsAreKept(advisories);

        // When
        Optional<String> cursor = scan.goOn(advisories.getLast(), STARTED, "", _ -> {});

        // Then
        assertEquals(Optional.of("org:a"), cursor);
    }

    @Test
    void searchesThatNobodyGoesOnWithMakeRoomAfterAMinute() {
        // Given
        List<AdvisoryAccepted> advisories = advisoriesOfManyVersions();
        beginAsManyAsAreKept(advisories);
        watch += Duration.ofMinutes(1).toNanos();

        // When
        Optional<String> cursor = scan.goOn(advisories.getLast(), STARTED, "", _ -> {});

        // Then it is put off for the downloads behind it
        assertEquals(Optional.of(""), cursor);
    }

    private DownloadScan scan(KeyValueStore<Bytes, byte[]> downloads) {
        return new DownloadScan(
                new DownloadRepository(
                        downloads,
                        new ErasureRepository(pipe.store(MatchTopology.ERASURES), new StateChanges(), pipe.clock)),
                new Matching(Duration.ofDays(7)),
                BUDGET,
                () -> watch += nanosPerLook);
    }

    private AdvisoryAccepted fetchedByMany() {
        IntStream.range(0, AUDIENCES)
                .forEach(i -> pipe.download(download("e" + i).setAudience(audience(i))));
        return accepted("event-stream");
    }

    /** One more than are kept, each of which takes more than a slice to find anybody at all. */
    private List<AdvisoryAccepted> advisoriesOfManyVersions() {
        List<AdvisoryAccepted> advisories = new ArrayList<>();
        for (int i = 0; i <= SEARCHES; i++) {
            for (int version = 0; version < VERSIONS; version++) {
                pipe.download(download("e" + version)
                        .setPackageName("package-" + i)
                        .setVersion("1.0." + version)
                        .setAudience(version % 2 == 0 ? "org:a" : "org:b"));
            }
            advisories.add(accepted("package-" + i));
        }
        return advisories;
    }

    private void beginAsManyAsAreKept(List<AdvisoryAccepted> advisories) {
        nanosPerLook = BUDGET.toNanos();
        for (AdvisoryAccepted advisory : advisories.subList(0, SEARCHES)) {
            assertEquals(Optional.of(""), scan.goOn(advisory, STARTED, "", _ -> {}));
        }
    }

    private AdvisoryAccepted accepted(String name) {
        pipe.publish(osv("GHSA-" + name).named(name).allVersions());
        return Samples.only(pipe.accepted());
    }

    /** In one slice. */
    private List<AdvisoryMatched> rest(AdvisoryAccepted advisory, Instant startedAt, String after) {
        nanosPerLook = 0;
        List<AdvisoryMatched> matches = new ArrayList<>();
        assertEquals(Optional.empty(), scan.goOn(advisory, startedAt, after, matches::add));
        return matches;
    }

    private static String audience(int number) {
        return "org:example-%03d".formatted(number);
    }
}
