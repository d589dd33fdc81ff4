package tocsin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentKeysTest {

    private final AtomicLong nanos = new AtomicLong(42);
    private final RecentKeys keys = new RecentKeys(nanos::get);

    @Test
    void countsEachOnce() {
        keys.add("a");
        keys.add("b");
        keys.add("a");
        assertEquals(2, keys.count());
    }

    @Test
    void remembersThoseOfTheGenerationBefore() {
        keys.add("a");
        keys.add("b");
        passes(RecentKeys.GENERATION);
        keys.add("a");
        assertEquals(2, keys.count());
    }

    @Test
    void forgetsTheOlder() {
        keys.add("a");
        keys.add("b");
        passes(RecentKeys.GENERATION);
        keys.add("a");
        passes(RecentKeys.GENERATION);
        assertEquals(1, keys.count());
    }

    @Test
    void forgetsAllAfterALongSilence() {
        keys.add("a");
        passes(RecentKeys.GENERATION.multipliedBy(2));
        assertEquals(0, keys.count());
    }

    private void passes(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
