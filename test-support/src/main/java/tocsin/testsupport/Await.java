package tocsin.testsupport;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waiting on a condition that nobody signals, because it lies in another process. */
final class Await {

    private static final Duration PAUSE = Duration.ofMillis(10);

    private Await() {}

    /** @throws AssertionError that describes the last value, when the time is up or the thread is interrupted */
    static <T> T until(
            Supplier<? extends T> look,
            Predicate<? super T> enough,
            Duration limit,
            Function<? super T, String> shortfall) {
        long start = System.nanoTime();
        while (true) {
            T seen = look.get();
            if (enough.test(seen)) {
                return seen;
            }
            boolean interrupted = Thread.currentThread().isInterrupted();
            if (interrupted || System.nanoTime() - start >= limit.toNanos()) {
                throw new AssertionError(shortfall.apply(seen) + (interrupted ? " (interrupted)" : " after " + limit));
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }
}
