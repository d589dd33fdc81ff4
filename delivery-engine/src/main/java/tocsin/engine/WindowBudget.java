package tocsin.engine;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much of each partition may be in memory. The bytes are those of the whole engine: each of its partitions, source
 * and tiers alike, has an equal share of them.
 */
final class WindowBudget {

    /**
     * Done records behind an open one cost little memory but come again after a crash; one attempt that hangs must not
     * stop its partition long before it ends.
     */
    private static final int SPAN = 25;

    private final int records;
    private final long bytes;
    private final AtomicInteger partitions = new AtomicInteger();

    /**
     * @param records of one partition
     * @param bytes of all partitions together
     */
    WindowBudget(int records, long bytes) {
        this.records = records;
        this.bytes = bytes;
    }

    /** From any poll thread: so many partitions more; negative where they leave. */
    void share(int more) {
        partitions.addAndGet(more);
    }

    boolean isFull(OffsetTracker tracker) {
        return tracker.openRecords() >= records
                || tracker.openBytes() >= Math.max(1, bytes / Math.max(1, partitions.get()))
                || tracker.span() >= (long) records * SPAN;
    }
}
