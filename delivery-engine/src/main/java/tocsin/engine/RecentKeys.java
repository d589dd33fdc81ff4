package tocsin.engine;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/** How many keys have had records of late; not only those that have some at this moment. Not for several threads. */
final class RecentKeys {

    static final Duration GENERATION = Duration.ofSeconds(10);

    /** A number beyond it says nothing more. */
    private static final int MOST = 10_000;

    private final LongSupplier nanos;
    private Set<String> current = new HashSet<>();
    private int before;
    private long since;

    RecentKeys(LongSupplier nanos) {
        this.nanos = nanos;
        this.since = nanos.getAsLong();
    }

    void add(String key) {
        turn();
        if (current.size() < MOST) {
            current.add(key);
        }
    }

    /** Those of this generation or of the one before, whichever are more. */
    int count() {
        turn();
        return Math.max(before, current.size());
    }

    private void turn() {
        long passed = nanos.getAsLong() - since;
        if (passed >= GENERATION.toNanos()) {
            before = passed >= 2 * GENERATION.toNanos() ? 0 : current.size();
            current = new HashSet<>();
            since = nanos.getAsLong();
        }
    }
}
