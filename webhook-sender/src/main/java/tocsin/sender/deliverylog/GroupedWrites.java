package tocsin.sender.deliverylog;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Makes one write of what many threads want written at the same time. Nobody waits for others to come: while one write is under
 * way the next one gathers, so a write alone is as fast as without this, and under load one commit serves many.
 */
final class GroupedWrites<T> {

    private final int most;
    private final int writers;
    private final Consumer<List<T>> write;
    private final Predicate<RuntimeException> concernsAll;
    private final ConcurrentLinkedQueue<Waiting<T>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger writing = new AtomicInteger();

    private record Waiting<T>(T item, CompletableFuture<Boolean> written) {}

    /**
     * @param most items of one write
     * @param writers writes at the same time
     * @param write writes all or none of them; called from several threads
     * @param concernsAll whether a failure would be any write's; otherwise the items of a failed write are tried one by one, so that one that cannot be
     *     written takes no other with it
     */
    GroupedWrites(int most, int writers, Consumer<List<T>> write, Predicate<RuntimeException> concernsAll) {
        this.most = most;
        this.writers = writers;
        this.write = write;
        this.concernsAll = concernsAll;
    }

    /**
     * Returns when it is written. What the write throws is thrown here.
     *
     * @throws InterruptedException if the caller is interrupted; then it is written or not
     */
    void write(T item) throws InterruptedException {
        Waiting<T> waiting = new Waiting<>(item, new CompletableFuture<>());
        queue.add(waiting);
        startWriter();
        try {
            waiting.written().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("a write died", e.getCause());
        }
    }

    /** How many nobody has begun to write. */
    int waiting() {
        return queue.size();
    }

    private void startWriter() {
        int now = writing.get();
        while (now < writers) {
            if (writing.compareAndSet(now, now + 1)) {
                Thread.ofVirtual().name("log-writer-", now).start(this::writeAll);
                return;
            }
            now = writing.get();
        }
    }

    private void writeAll() {
        try {
            List<Waiting<T>> group = next();
            while (!group.isEmpty()) {
                writeGroup(group);
                group = next();
            }
        } finally {
            writing.decrementAndGet();
        }
        // Somebody may have come after the last look and seen this writer still there.
        if (!queue.isEmpty()) {
            startWriter();
        }
    }

    private List<Waiting<T>> next() {
        List<Waiting<T>> group = new ArrayList<>();
        Waiting<T> waiting;
        while (group.size() < most && (waiting = queue.poll()) != null) {
            group.add(waiting);
        }
        return group;
    }

    private void writeGroup(List<Waiting<T>> group) {
        try {
            write.accept(group.stream().map(Waiting::item).toList());
            group.forEach(waiting -> waiting.written().complete(true));
        } catch (RuntimeException e) {
            if (group.size() == 1 || concernsAll.test(e)) {
                group.forEach(waiting -> waiting.written().completeExceptionally(e));
            } else {
                group.forEach(waiting -> writeGroup(List.of(waiting)));
            }
        } catch (Error e) {
            group.forEach(waiting -> waiting.written().completeExceptionally(e));
            throw e;
        }
    }
}
