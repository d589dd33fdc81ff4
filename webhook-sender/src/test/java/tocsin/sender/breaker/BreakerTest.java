package tocsin.sender.breaker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.sender.breaker.Breaker.Admission;

class BreakerTest {

    private static final Instant NOW = Instant.parse("2026-04-17T12:00:00Z");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Breaker breaker = new Breaker(new BreakerConfig(
            3,
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofSeconds(15),
            Duration.ofHours(1),
            Duration.ofDays(5)));

    /** That many failures, a second apart, each after whatever pause there was. */
    private Health after(int failures) {
        Optional<Health> health = Optional.empty();
        Instant at = NOW;
        for (int i = 0; i < failures; i++) {
            at = health.flatMap(Health::openUntil).orElse(at).plus(SECOND);
            health = Optional.of(breaker.failed(health, at, at));
        }
        return health.orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"1, ", "2, ", "3, PT30S", "4, PT1M", "5, PT2M", "6, PT4M", "7, PT5M", "8, PT5M", "100, PT5M"})
    void leavesAloneWhatFailsInARowTwiceAsLongEachTime(int failures, Duration pause) {
        Health health = after(failures);

        assertEquals(failures, health.failures());
        assertEquals(NOW.plus(SECOND), health.failingSince());
        assertEquals(
                Optional.ofNullable(pause),
                health.openUntil()
                        .map(until -> Duration.between(health.openedAt().orElseThrow(), until)));
    }

    @Test
    void countsNoAttemptThatWasUnderWayAlready() {
        // Given
        Health open = after(3);
        Instant opened = open.openedAt().orElseThrow();

        // Then
        assertEquals(open, breaker.failed(Optional.of(open), opened.minusMillis(1), opened.plusSeconds(9)));
        assertEquals(
                4,
                breaker.failed(Optional.of(open), opened, opened.plusSeconds(9)).failures());
    }

    @Test
    void givesOneAttemptAtTheEndOfAPause() {
        // Given
        Health open = after(3);
        Instant until = open.openUntil().orElseThrow();

        // Then
        assertEquals(new Admission.Usual(), breaker.admit(Optional.empty(), NOW));
        assertEquals(new Admission.Usual(), breaker.admit(Optional.of(after(2)), NOW));
        assertEquals(new Admission.Wait(until), breaker.admit(Optional.of(open), until.minusMillis(1)));
        Health claimed = assertInstanceOf(Admission.Probe.class, breaker.admit(Optional.of(open), until))
                .claimed();
        assertEquals(3, claimed.failures());
        // Whoever comes while it is under way waits, and may be the next if it never ends.
        assertEquals(
                new Admission.Wait(until.plusSeconds(15)), breaker.admit(Optional.of(claimed), until.plusSeconds(14)));
        assertInstanceOf(Admission.Probe.class, breaker.admit(Optional.of(claimed), until.plusSeconds(15)));
        // It counts although it began in the pause that it is given.
        assertEquals(
                4,
                breaker.failed(Optional.of(claimed), until, until.plusSeconds(10))
                        .failures());
    }

    @Test
    void givesUpAfterFiveDaysOfFailures() {
        Health health = after(1);

        assertEquals(
                false,
                breaker.isGivenUp(
                        health, health.failingSince().plus(Duration.ofDays(5)).minusMillis(1)));
        assertEquals(true, breaker.isGivenUp(health, health.failingSince().plus(Duration.ofDays(5))));
    }

    /** In hours: between one failure and the next, from the first to the last. */
    @ParameterizedTest
    @CsvSource({
        "24, 120, true",
        "24, 119, false",
        "1, 120, true",
        "25, 125, false",
        "120, 120, false",
        "1000, 10000, false"
    })
    void givesUpOnlyWhatFailedAllThatTime(int every, int hours, boolean isGivenUp) {
        Optional<Health> health = Optional.empty();
        for (int hour = 0; hour < hours; hour += every) {
            Instant at = NOW.plus(Duration.ofHours(hour));
            health = Optional.of(breaker.failed(health, at, at));
        }
        Instant last = NOW.plus(Duration.ofHours(hours));

        assertEquals(isGivenUp, breaker.isGivenUp(breaker.failed(health, last, last), last));
    }
}
