package tocsin.matcher.topology;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import tocsin.schemas.PackageKey;

/**
 * How often this process has written to the stores what is hardly ever in them. A look for what is not there is the dearest that there is, and nearly each
 * download takes two; while the count has not changed, what a task did not find is not there. The processors of a task see its stores through repositories
 * of their own, so one must hear of what another writes. Counted for all tasks together: one that is told of another's write looks again for nothing.
 *
 * <p>What changes a store otherwise, a restore or a standby that takes over, comes before the processors of its task are made, and with them all that
 * they remember.
 */
public final class StateChanges {

    /** Packages are counted by hash; those that share a place are looked for again for each other. */
    static final int PLACES = 1 << 16;

    private final AtomicLongArray advisories = new AtomicLongArray(PLACES);
    private final AtomicLong erasures = new AtomicLong();

    static int place(PackageKey packageKey) {
        int hash = packageKey.hashCode() * 0x9E3779B9;
        return hash >>> Integer.numberOfLeadingZeros(PLACES - 1);
    }

    long ofAdvisories(PackageKey packageKey) {
        return advisories.get(place(packageKey));
    }

    /** To be called after each write of an advisory for the package. */
    void advisoryWritten(PackageKey packageKey) {
        advisories.incrementAndGet(place(packageKey));
    }

    long ofErasures() {
        return erasures.get();
    }

    /** To be called after each write of an erasure. */
    void erasureWritten() {
        erasures.incrementAndGet();
    }
}
