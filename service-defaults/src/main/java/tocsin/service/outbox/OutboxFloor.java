package tocsin.service.outbox;

/**
 * Up to which id nothing waits and nothing can come any more. What was sent leaves its entries in the index until they are vacuumed, and a look from the first id on would walk
 * over all of them each time: half a million in a minute of load.
 *
 * <p>Ids do not follow the commits of transactions that have nothing in common, so the highest id that was sent is not enough: the floor rises to one only once all have ended
 * that ran when it had been reached, and a look after that has left nothing below it.
 */
final class OutboxFloor {

    private long floor;
    /** The highest that was sent. */
    private long reached;
    /** What the floor is to rise to next, once all transactions below this number have ended. */
    private long candidate;

    private long endedBelow;
    /** To which it rises with the next look that leaves nothing below. */
    private long rising;

    /**
     * Numbers of transactions that write, at one moment.
     *
     * @param oldest of those that run
     * @param next that will be given
     */
    record Running(long oldest, long next) {}

    /** Ids above it are to be looked at. */
    long id() {
        return floor;
    }

    /** To be told every now and then, before a look of the same transaction. */
    void runs(Running running) {
        if (running.oldest() >= endedBelow) {
            rising = candidate;
            candidate = reached;
            endedBelow = running.next();
        }
    }

    /**
     * To be told once the removal of what was found is committed.
     *
     * @param last the highest id that was found; 0 if there was nothing
     * @param isAll whether nothing was left
     */
    void looked(long last, boolean isAll) {
        reached = Math.max(reached, last);
        if (isAll || last >= rising) {
            floor = Math.max(floor, rising);
        }
    }
}
