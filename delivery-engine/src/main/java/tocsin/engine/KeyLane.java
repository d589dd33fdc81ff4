package tocsin.engine;

import java.util.ArrayDeque;
import java.util.function.Predicate;

/** The work of one key, for whom it is done, and how fast. */
final class KeyLane<T> {

    /** One part of so many is the newest measurement's in the smoothed one. */
    private static final int SMOOTHING = 5;

    private final ArrayDeque<T> first = new ArrayDeque<>();
    private final ArrayDeque<T> retries = new ArrayDeque<>();
    private final String owner;
    private int running;
    private long gapNanos;
    /** The last release, or when it stopped being idle. */
    private long sinceNanos;

    /** @param owner empty: nobody in particular */
    KeyLane(String owner, long nowNanos) {
        this.owner = owner;
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

    void release(long nowNanos) {
        if (running == 0) {
            throw new IllegalStateException("released more often than started");
        }
        long gap = nowNanos - sinceNanos;
        gapNanos = gapNanos == 0 ? gap : gapNanos + (gap - gapNanos) / SMOOTHING;
        sinceNanos = nowNanos;
        running--;
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

    int running() {
        return running;
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
