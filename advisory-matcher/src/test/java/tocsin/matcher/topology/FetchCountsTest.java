package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FetchCountsTest {

    private static final Instant TIME = Instant.parse("2026-04-17T10:00:00Z");

    @Test
    void countsExactlyUpToAThousandAndThenAtLeast() {
        assertEquals(1000, after(1000).count());
        assertEquals(1001, after(1001).count());
        assertEquals(1001, after(1050).count());
    }

    @Test
    void knowsTheFirstAndTheLastFetch() {
        FetchCounts counts = FetchCounts.ofFirst(TIME)
                .plus(TIME.minusSeconds(5))
                .plus(TIME.plusSeconds(5))
                .plus(TIME);

        assertEquals(TIME.minusSeconds(5), counts.first());
        assertEquals(TIME.plusSeconds(5), counts.last());
    }

    @Test
    void isTrimmedAfterSomeSlackAndLaterWhereMuchMustStay() {
        assertFalse(after(1100).isDueForTrimming());
        assertTrue(after(1101).isDueForTrimming());
        assertEquals(1251, after(1101).trimmedTo(1001).trimAt());
        assertEquals(10_000, after(1101).trimmedTo(8000).trimAt());
    }

    @Test
    void survivesItsEncoding() {
        FetchCounts counts = after(1200).trimmedTo(1001);

        assertEquals(counts, FetchCounts.decode(counts.encode()));
    }

    private static FetchCounts after(int fetches) {
        return IntStream.range(1, fetches)
                .boxed()
                .reduce(FetchCounts.ofFirst(TIME), (counts, _) -> counts.plus(TIME), (a, _) -> a);
    }
}
