package tocsin.local.running;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Looks again and again for what happens in another process and is told to nobody. */
public final class Waiting {

    private static final Duration PAUSE = Duration.ofMillis(10);

    private Waiting() {}

    /** @return what was found; empty if the time is up, or the thread is interrupted */
    public static <T> Optional<T> forValue(Supplier<Optional<T>> look, Duration limit) {
        long start = System.nanoTime();
        while (true) {
            Optional<T> found = look.get();
            if (found.isPresent()
                    || System.nanoTime() - start >= limit.toNanos()
                    || Thread.currentThread().isInterrupted()) {
                return found;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** @return whether it came to be so in time */
    public static boolean until(BooleanSupplier condition, Duration limit) {
        return forValue(() -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty(), limit)
                .isPresent();
    }
}
