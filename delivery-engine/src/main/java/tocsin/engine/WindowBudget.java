package tocsin.engine;

/** How much of one partition may be in memory. */
record WindowBudget(int records, long bytes) {

    /**
     * Done records behind an open one cost little memory but come again after a crash; one attempt that hangs must not
     * stop its partition long before it ends.
     */
    private static final int SPAN = 25;

    boolean isFull(OffsetTracker tracker) {
        return tracker.openRecords() >= records
                || tracker.openBytes() >= bytes
                || tracker.span() >= (long) records * SPAN;
    }
}
