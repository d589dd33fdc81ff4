package tocsin.tracker.intake;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class VainTimeTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final VainTime time = new VainTime(Duration.ofSeconds(10), 4, Long.MAX_VALUE - SECOND);
    private long now = Long.MAX_VALUE - SECOND;

    @Test
    void isLeftUntilItIsSpent() {
        spend(6);
        assertTrue(time.isLeft(now));
        spend(6);
        assertFalse(time.isLeft(now));
    }

    @Test
    void comesBackByAShareOfWhatPasses() {
        spend(12);
        pass(8);
        assertFalse(time.isLeft(now));
        pass(1);
        assertTrue(time.isLeft(now));
    }

    @Test
    void isNeverMoreThanItWas() {
        pass(10_000);
        spend(10);
        assertFalse(time.isLeft(now));
    }

    /** Without time passing, as of questions that others ask at the same time. */
    private void spend(int seconds) {
        time.spend(seconds * SECOND, now);
    }

    /** Also over the end of the clock's numbers. */
    private void pass(int seconds) {
        now += seconds * SECOND;
    }
}
