package tocsin.sender.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Look-ups in two lanes: names that were quick last time have threads of their own, so that slow name servers delay nobody whose own is sound, not even
 * their own organisation's other endpoints. What a name leads to is asked anew each time; only how long it took is remembered.
 */
final class SharedLookups implements AutoCloseable {

    private static final Duration QUICK = Duration.ofSeconds(1);

    private static final int MOST_NAMES = 10_000;

    private final Lookup lookup;
    private final LookupLane usual;
    private final LookupLane quick;

    /** Names that were quick, the one longest unused first. Guarded by itself. */
    private final Map<String, Boolean> quickNames = new LinkedHashMap<>(16, 0.75f, true) {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST_NAMES;
        }
    };

    /**
     * @param threads of each lane
     * @param patience how long anybody waits for an answer; what nobody waits for any more is not begun
     */
    SharedLookups(Lookup lookup, int threads, Duration patience) {
        this.lookup = lookup;
        usual = new LookupLane("lookup", this::timed, threads, patience);
        quick = new LookupLane("quick-lookup", this::timed, threads, patience);
    }

    /** @throws java.util.concurrent.RejectedExecutionException if this is closed or far too many names wait already */
    LookupLane.Asked addressesOf(String host, String owner) {
        return (wasQuick(host) ? quick : usual).addressesOf(host, owner);
    }

    private InetAddress[] timed(String host) throws UnknownHostException {
        long start = System.nanoTime();
        boolean answered = false;
        try {
            InetAddress[] addresses = lookup.addressesOf(host);
            answered = true;
            return addresses;
        } finally {
            remember(host, answered && System.nanoTime() - start < QUICK.toNanos());
        }
    }

    /** Whether it has the lane of the quick. */
    boolean wasQuick(String host) {
        synchronized (quickNames) {
            return quickNames.get(host) != null;
        }
    }

    private void remember(String host, boolean isQuick) {
        synchronized (quickNames) {
            if (isQuick) {
                quickNames.put(host, true);
            } else {
                quickNames.remove(host);
            }
        }
    }

    @Override
    public void close() {
        usual.close();
        quick.close();
    }
}
