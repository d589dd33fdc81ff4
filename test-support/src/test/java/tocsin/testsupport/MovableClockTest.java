package tocsin.testsupport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MovableClockTest {

    private final MovableClock clock = MovableClock.at("2026-01-01T00:00:00Z");

    @Test
    void standsStillUntilMoved() {
        // When
        Instant before = clock.instant();
        clock.advance(Duration.ofSeconds(90));

        // Then
        assertEquals(Instant.parse("2026-01-01T00:00:00Z"), before);
        assertEquals(Instant.parse("2026-01-01T00:01:30Z"), clock.instant());
    }

    @Test
    void losesNoStepOfManyThreads() {
        // When
        IntStream.range(0, 10_000).parallel().forEach(_ -> clock.advance(Duration.ofMillis(1)));

        // Then
        assertEquals(Instant.parse("2026-01-01T00:00:10Z"), clock.instant());
    }

    @Test
    void movesItsViewsInOtherZones() {
        // Given
        Clock tokyo = clock.withZone(ZoneId.of("Asia/Tokyo"));

        // When
        clock.set(Instant.parse("2030-06-01T00:00:00Z"));

        // Then
        assertEquals(Instant.parse("2030-06-01T00:00:00Z"), tokyo.instant());
        assertEquals(ZoneId.of("Asia/Tokyo"), tokyo.getZone());
    }
}
