package tocsin.bench;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class PaceTest {

    @Test
    void isWhatWasAddedByWhatItTook() {
        assertEquals(150, new Pace(100, 400, Duration.ofSeconds(2), Duration.ZERO).perSecond());
    }

    @Test
    void tellsWhatEachCost() {
        assertEquals(
                "150/s, 20.0 µs of processor time each",
                new Pace(100, 400, Duration.ofSeconds(2), Duration.ofMillis(6)).toString());
    }

    @Test
    void beginsWhereTheWarmUpEndsAndEndsWhereAllIsDone() {
        // Given
        LongSupplier count = counting(0, 40, 60, 90, 120);

        // When
        Pace pace = Pace.of("count", ProcessHandle.current().pid(), count, 50, 110, Duration.ofMinutes(1));

        // Then
        assertAll(
                () -> assertEquals(60, pace.from()),
                () -> assertEquals(120, pace.to()),
                () -> assertTrue(pace.took().toMillis() >= 100));
    }

    @Test
    void endsWhenTheTimeIsUp() {
        // Given
        LongSupplier count = counting(10, 20, 30);

        // When
        Pace pace = Pace.of("count", ProcessHandle.current().pid(), count, 10, 1_000, Duration.ofMillis(10));

        // Then
        assertEquals(20, pace.to());
    }

    private static LongSupplier counting(long... counts) {
        Iterator<Long> next = Arrays.stream(counts).iterator();
        return next::next;
    }
}
