package tocsin.engine;

import java.util.ArrayDeque;
import java.util.function.Predicate;

/**
 * The work of one key, for whom it is done, how fast, and how much of it may run at the same time: little at first, one more with each attempt that comes to an
 * end, and half as much with each that fails, but never less than at first.
 */
final class KeyLane<T> {

    /** Enough that a few records for a key that is quick do not wait for each other; a quarter of what deliveries have by default. */
    static final int FIRST_WINDOW = 4;

    /** One part of so many is the newest measurement's in the smoothed one. */
    private static final int SMOOTHING = 5;

    private final ArrayDeque<T> first = new ArrayDeque<>();
    private final ArrayDeque<T> retries = new ArrayDeque<>();
    private final String owner;
    private final int widest;
    private int window;
    /** The last that ended has failed. */
    private boolean failing;

    private int running;
    private long gapNanos;
    /** The last release, or when it stopped being idle. */
    private long sinceNanos;

    /**
     * @param owner empty: nobody in particular
     * @param widest most that ever run at the same time
     */
    KeyLane(String owner, int widest, long nowNanos) {
        this.owner = owner;
        this.widest = widest;
        this.window = Math.min(FIRST_WINDOW, widest);
        this.sinceNanos = nowNanos;
    }

    String owner() {
        return owner;
    }

    void enqueue(boolean retry, T item) {
        (retry ? retries : first).addLast(item);
    }

    T start(boolean retry, long nowNanos) {
        if (running == 0) {
            sinceNanos = nowNanos;
        }
        running++;
        return (retry ? retries : first).removeFirst();
    }

    /** @param failed whether the attempt wants another, or broke off */
    void release(boolean failed, long nowNanos) {
        if (running == 0) {
            throw new IllegalStateException("released more often than started");
        }
        long gap = nowNanos - sinceNanos;
        gapNanos = gapNanos == 0 ? gap : gapNanos + (gap - gapNanos) / SMOOTHING;
        sinceNanos = nowNanos;
        running--;
        failing = failed;
        window = Math.min(failed ? Math.max(FIRST_WINDOW, window / 2) : window + 1, widest);
    }

    T takeLast() {
        return first.size() > retries.size() ? first.removeLast() : retries.removeLast();
    }

    void removeIf(Predicate<T> gone) {
        first.removeIf(gone);
        retries.removeIf(gone);
    }

    boolean has(boolean retry) {
        return !(retry ? retries : first).isEmpty();
    }

    /** Nothing more of it may start now. */
    boolean isFull() {
        return running >= window;
    }

    /** Some of it waits for its own places, and that is not known to be the fault of where it goes. */
    boolean isBehind() {
        return isFull() && waiting() > 0 && !failing;
    }

    int waiting() {
        return first.size() + retries.size();
    }

    boolean isIdle() {
        return running == 0 && waiting() == 0;
    }

    /** Until one more would start, at the pace so far; longer the longer nothing ends. */
    long expectedWaitNanos(long nowNanos) {
        long gap = Math.max(gapNanos, nowNanos - sinceNanos);
        // Asked for every lane in every turn of a poll thread: Duration multiplies by way of BigDecimal.
        long bound = Long.MAX_VALUE / Math.max(1, waiting());
        return Math.min(gap, bound) * waiting();
    }
}
