package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.topology.Samples.download;
import static tocsin.matcher.topology.Samples.osv;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.matcher.match.Matching;
import tocsin.schemas.avro.DownloadRecorded;

/** Which downloads ring under each of the rules that an operator may choose, whichever door they come by. */
class LiveTest {

    /** The advisory is published on the 17th at 10:00 and received on the 20th. */
    private static final Instant RECEIVED = Instant.parse("2026-04-20T10:00:00Z");

    @ParameterizedTest
    @CsvSource({
        // fetched, rings by default, strictly, live
        "2026-04-17T10:00:00Z, true,  true,  true",
        "2026-04-17T10:00:01Z, true,  false, true",
        "2026-04-20T10:00:00Z, true,  false, true",
        "2026-04-20T10:00:01Z, false, false, true",
        "2026-05-19T00:00:00Z, false, false, true",
    })
    void ringsUpToTheCutOffOrLive(Instant fetchedAt, boolean byDefault, boolean strictly, boolean live) {
        assertEquals(byDefault, rings(new Matching(Duration.ofDays(7)), fetchedAt, true));
        assertEquals(byDefault, rings(new Matching(Duration.ofDays(7)), fetchedAt, false));
        assertEquals(strictly, rings(new Matching(Duration.ZERO), fetchedAt, true));
        assertEquals(strictly, rings(new Matching(Duration.ZERO), fetchedAt, false));
        assertEquals(live, rings(new Matching(Duration.ZERO, true), fetchedAt, true));
        assertEquals(live, rings(new Matching(Duration.ZERO, true), fetchedAt, false));
    }

    private static boolean rings(Matching matching, Instant fetchedAt, boolean downloadFirst) {
        try (MatchPipe pipe = new MatchPipe(0, 0, matching, Duration.ZERO)) {
            pipe.clock.advance(Duration.ofDays(40));
            DownloadRecorded.Builder download =
                    download("e1").setFetchedAt(fetchedAt).setReceivedAt(fetchedAt);
            if (downloadFirst) {
                pipe.download(download);
            }
            pipe.publish(Samples.published(osv("GHSA-1").json(), RECEIVED));
            if (!downloadFirst) {
                pipe.download(download);
            }
            return !pipe.matches().isEmpty();
        }
    }

    @Test
    void whatIsTakenBackRingsNoMore() {
        try (MatchPipe pipe = new MatchPipe(0, 0, new Matching(Duration.ofDays(7), true), Duration.ZERO)) {
            // Given
            pipe.publish(osv("GHSA-1"));
            pipe.publish(osv("GHSA-1").modifiedAt("2026-04-17T11:00:00Z").withdrawnAt("2026-04-17T11:00:00Z"));

            // When
            pipe.download(download("e1"));

            // Then
            assertEquals(List.of(), pipe.matches());
        }
    }

    /** The newest thousand are all that is told: a farm that goes on fetching fills no store. */
    @Test
    void keepsNoMoreRowsThanAreTold() {
        try (MatchPipe pipe = new MatchPipe(0, 0, new Matching(Duration.ofDays(7), true), Duration.ZERO)) {
            // Given
            pipe.publish(osv("GHSA-1"));

            // When
            IntStream.range(0, 1300)
                    .forEach(i -> pipe.download(download("e" + i)
                            .setFetchedAt(Samples.PUBLISHED.minusSeconds(i))
                            .setReceivedAt(Samples.PUBLISHED)));

            // Then
            assertEquals(1300, pipe.matches().size());
            assertTrue(pipe.rows(MatchTopology.DOWNLOADS).size() <= 1252);
        }
    }
}
