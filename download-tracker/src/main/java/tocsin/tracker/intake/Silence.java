package tocsin.tracker.intake;

import java.time.Duration;
import java.util.Optional;

/** Since when somebody gives no answer. Safe for use by many threads. */
final class Silence {

    /** By {@link System#nanoTime}; empty while answers come. */
    private Optional<Long> last = Optional.empty();

    /** Whether the last question was in vain, and not longer ago than this. */
    synchronized boolean isWithin(Duration pause) {
        return last.filter(at -> System.nanoTime() - at < pause.toNanos()).isPresent();
    }

    /** A question was in vain. @return whether it is the first of a row */
    synchronized boolean goesOn() {
        boolean first = last.isEmpty();
        last = Optional.of(System.nanoTime());
        return first;
    }

    /** An answer came. @return whether there had been none */
    synchronized boolean ends() {
        boolean was = last.isPresent();
        last = Optional.empty();
        return was;
    }
}
