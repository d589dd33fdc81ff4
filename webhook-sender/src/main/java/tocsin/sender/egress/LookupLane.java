package tocsin.sender.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Look-ups on a bounded pool of platform threads: the JDK's resolver blocks its carrier, so on virtual threads some slow
 * name servers would stop everything. Who asks for a name that is being looked up shares the answer, so that a slow one
 * holds one thread however many deliveries wait for it. An owner has few look-ups in the pool at a time; further ones wait
 * for these, so that the slow names of one owner delay nobody else.
 */
final class LookupLane implements AutoCloseable {

    private static final int LONGEST_QUEUE = 10_000;

    /** An owner has this part of the threads, and one at least. */
    private static final int SHARE = 8;

    private final Lookup lookup;
    private final Duration patience;
    private final int mostOfOneOwner;
    private final ExecutorService pool;
    /** In the pool, by host. Guarded by this, as is all that follows. */
    private final Map<String, Asked> pooled = new HashMap<>();

    private final Map<String, Owner> owners = new HashMap<>();

    /** How many look-ups it has in the pool, and which wait for these. */
    private static final class Owner {
        private int pooled;
        private final SequencedMap<String, Asked> waiting = new LinkedHashMap<>();
    }

    /** A look-up and how far it has come. */
    static final class Asked {

        private final CompletableFuture<List<InetAddress>> future = new CompletableFuture<>();
        private volatile boolean queued;
        private long askedAt = System.nanoTime();

        /**
         * Completes with at least one address, or with {@link UnknownHostException}. Cancelling it does not disturb the
         * others who wait for it.
         */
        CompletableFuture<List<InetAddress>> answer() {
            return future.copy();
        }

        /** Whether it waits for a thread that others hold: no fault of the name or of its owner. */
        boolean isHeldUpByOthers() {
            return queued;
        }
    }

    /** @param patience how long anybody waits for an answer; what nobody waits for any more is not begun */
    LookupLane(String name, Lookup lookup, int threads, Duration patience) {
        this.lookup = lookup;
        this.patience = patience;
        mostOfOneOwner = Math.max(1, threads / SHARE);
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                threads,
                threads,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(LONGEST_QUEUE),
                Thread.ofPlatform().daemon().name(name + "-", 0).factory());
        executor.allowCoreThreadTimeOut(true);
        pool = executor;
    }

    /** @throws java.util.concurrent.RejectedExecutionException if this is closed or far too many names wait already */
    synchronized Asked addressesOf(String host, String ownerName) {
        Asked running = pooled.get(host);
        if (running != null) {
            return running;
        }
        Owner owner = owners.computeIfAbsent(ownerName, _ -> new Owner());
        if (owner.pooled >= mostOfOneOwner) {
            // Shared with nobody else: others must not wait for what this owner waits for.
            Asked waiting = owner.waiting.computeIfAbsent(host, _ -> new Asked());
            waiting.askedAt = System.nanoTime();
            return waiting;
        }
        Asked asked = new Asked();
        begin(host, ownerName, owner, asked);
        return asked;
    }

    private void begin(String host, String ownerName, Owner owner, Asked asked) {
        asked.queued = true;
        pooled.put(host, asked);
        owner.pooled++;
        try {
            pool.execute(() -> answer(host, ownerName, asked));
        } catch (RuntimeException e) {
            pooled.remove(host);
            owner.pooled--;
            forget(ownerName, owner);
            asked.future.completeExceptionally(e);
            throw e;
        }
    }

    private void answer(String host, String ownerName, Asked asked) {
        asked.queued = false;
        try {
            List<InetAddress> addresses = List.of(lookup.addressesOf(host));
            if (addresses.isEmpty()) {
                throw new UnknownHostException(host);
            }
            asked.future.complete(addresses);
        } catch (UnknownHostException | RuntimeException e) {
            asked.future.completeExceptionally(e);
        } finally {
            ended(host, ownerName);
        }
    }

    private synchronized void ended(String host, String ownerName) {
        pooled.remove(host);
        Owner owner = owners.computeIfAbsent(ownerName, _ -> new Owner());
        owner.pooled--;
        while (owner.pooled < mostOfOneOwner && !owner.waiting.isEmpty()) {
            Map.Entry<String, Asked> next = owner.waiting.pollFirstEntry();
            Asked asked = next.getValue();
            Asked running = pooled.get(next.getKey());
            if (System.nanoTime() - asked.askedAt > patience.toNanos()) {
                asked.future.cancel(false);
            } else if (running != null) {
                var _ = running.future.whenComplete((addresses, fault) -> {
                    if (fault == null) {
                        asked.future.complete(addresses);
                    } else {
                        asked.future.completeExceptionally(fault);
                    }
                });
            } else {
                beginLate(next.getKey(), ownerName, owner, asked);
            }
        }
        forget(ownerName, owner);
    }

    /** Nobody is there to be told but those who wait for the answer. */
    private void beginLate(String host, String ownerName, Owner owner, Asked asked) {
        try {
            begin(host, ownerName, owner, asked);
        } catch (RuntimeException e) {
            asked.future.completeExceptionally(e);
        }
    }

    private void forget(String ownerName, Owner owner) {
        if (owner.pooled == 0 && owner.waiting.isEmpty()) {
            owners.remove(ownerName);
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
