package tocsin.service.outbox;

/**
 * Up to which id nothing waits and nothing can come any more. What was sent leaves its entries in the index until they are vacuumed, and a look from the first id on would walk
 * over all of them each time: half a million in a minute of load.
 *
 * <p>Ids do not follow the commits of transactions that have nothing in common, so the highest id that was sent is not enough: the floor rises to one only once all have ended
 * that had a number when it had been reached, and a look after that has left nothing below it.
 */
final class OutboxFloor {

    private String server = "";
    private long floor;
    /** The highest that was sent. */
    private long reached;
    /** What the floor is to rise to next, once all transactions below this number have ended. */
    private long candidate;

    private long endedBelow;
    /** To which it rises with the next look that leaves nothing below. */
    private long rising;

    /**
     * Who writes, at one moment.
     *
     * @param server which start of which server this is: after a fail-over ids and numbers may begin again with lower ones
     * @param oldest number of the transactions that run
     * @param own number of the transaction that asks: whoever had one before it has a lower one
     */
    record Running(String server, long oldest, long own) {}

    /** Ids above it are to be looked at. */
    long id() {
        return floor;
    }

    /** To be told before each look, of the same transaction. */
    void runs(Running running) {
        if (!running.server().equals(server)) {
            restart();
            server = running.server();
        }
        if (running.oldest() >= endedBelow) {
            rising = candidate;
            candidate = reached;
            endedBelow = running.own();
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

    /** The next look is at everything. */
    void restart() {
        floor = 0;
        reached = 0;
        candidate = 0;
        endedBelow = 0;
        rising = 0;
    }
}
