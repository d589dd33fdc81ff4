package tocsin.tracker.intake;

import java.time.Duration;
import java.util.Map;

/** When something last happened to each of so many numbers. Safe for use by many threads. */
final class Recently {

    /** By {@link System#nanoTime}. */
    private final Map<Integer, Long> times;

    Recently(int atMost) {
        this.times = new Newest<>(atMost);
    }

    synchronized void happened(int number) {
        times.put(number, System.nanoTime());
    }

    synchronized boolean isWithin(int number, Duration span) {
        Long at = times.get(number);
        return at != null && System.nanoTime() - at < span.toNanos();
    }
}
