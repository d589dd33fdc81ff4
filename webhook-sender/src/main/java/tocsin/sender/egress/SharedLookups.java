package tocsin.sender.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Look-ups on a bounded pool of platform threads: the JDK's resolver blocks its carrier, so on virtual threads some slow
 * name servers would stop everything. Who asks for a name that is being looked up shares the answer, so that a slow one
 * holds one thread however many deliveries wait for it.
 */
final class SharedLookups implements AutoCloseable {

    private static final int LONGEST_QUEUE = 10_000;

    private final Lookup lookup;
    private final ExecutorService pool;
    private final ConcurrentMap<String, CompletableFuture<List<InetAddress>>> running = new ConcurrentHashMap<>();

    SharedLookups(Lookup lookup, int threads) {
        this.lookup = lookup;
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                threads,
                threads,
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(LONGEST_QUEUE),
                Thread.ofPlatform().daemon().name("lookup-", 0).factory());
        executor.allowCoreThreadTimeOut(true);
        pool = executor;
    }

    /**
     * Completes with at least one address, or with {@link UnknownHostException}. Cancelling what is returned does not
     * disturb the others who wait for it.
     *
     * @throws java.util.concurrent.RejectedExecutionException if far too many names wait already
     */
    CompletableFuture<List<InetAddress>> addressesOf(String host) {
        CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> earlier = running.putIfAbsent(host, mine);
        if (earlier != null) {
            return earlier.copy();
        }
        try {
            pool.execute(() -> answer(host, mine));
        } catch (RuntimeException e) {
            running.remove(host, mine);
            mine.completeExceptionally(e);
            throw e;
        }
        return mine.copy();
    }

    private void answer(String host, CompletableFuture<List<InetAddress>> future) {
        try {
            List<InetAddress> addresses = List.of(lookup.addressesOf(host));
            if (addresses.isEmpty()) {
                throw new UnknownHostException(host);
            }
            future.complete(addresses);
        } catch (UnknownHostException | RuntimeException e) {
            future.completeExceptionally(e);
        } finally {
            running.remove(host, future);
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
