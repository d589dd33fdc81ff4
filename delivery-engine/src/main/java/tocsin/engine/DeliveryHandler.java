package tocsin.engine;

/**
 * Makes the attempts. Each call runs on a virtual thread of its own and may block; calls for different records, also of
 * one key, run at the same time. A record can come again after a crash or a rebalance, so a handler recognises by its
 * own durable state what it has already done.
 *
 * <p>An exception from any method is our fault, never the receiver's: it counts as no attempt, and the same call is
 * made again after a pause.
 */
public interface DeliveryHandler {

    /** One attempt. Returns only after its own durable step, such as a committed row. */
    Outcome deliver(Delivery delivery) throws Exception;

    /**
     * The last attempt that the ladder allows has failed. The owner writes its end state durably and returns; then the
     * record goes to the dead topic. After a crash it can be called again.
     */
    void exhausted(Delivery delivery, String reason) throws Exception;

    /**
     * Asked for a delivery that has been deferred before and whose key is still full of work.
     *
     * @return true if it has been stored durably and the engine may let go of it; false to have it deferred again, each
     *     time for longer
     */
    default boolean park(Delivery delivery, String reason) throws Exception {
        return false;
    }

    /**
     * Who shares its places among its keys: no owner gets so many that others find none free. Asked by the thread that reads, often; must not block.
     *
     * @return always the same for a key; empty if the key is nobody's in particular
     */
    default String ownerOf(byte[] key, byte[] value) {
        return "";
    }

    /** Whether a failure of this handler concerns one delivery or all. */
    default FaultScope scopeOf(Exception fault) {
        return FaultScope.DELIVERY;
    }
}
