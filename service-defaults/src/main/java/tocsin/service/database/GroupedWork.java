package tocsin.service.database;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes one transaction of what many threads want of the database at the same time. While one group is under way the next one gathers, and for a moment longer: what a
 * transaction costs is mostly its round trips, and many small ones take from the rest what it needs. A call alone waits for nobody, and under load one
 * transaction serves many and one connection serves all.
 *
 * @param <T> what is asked
 * @param <R> what is answered
 */
public final class GroupedWork<T, R> {

    private final String name;
    private final int most;
    private final Duration gathering;
    private final Predicate<RuntimeException> outage;
    private final Function<List<T>, List<R>> work;
    private final ConcurrentLinkedQueue<Waiting<T, R>> queue = new ConcurrentLinkedQueue<>();
    /** Asked for each call, for which such a queue would count what it holds. */
    private final AtomicInteger queued = new AtomicInteger();

    private volatile @Nullable Thread worker;
    private final AtomicBoolean isWorking = new AtomicBoolean();

    private record Waiting<T, R>(T item, CompletableFuture<R> answer) {}

    /**
     * @param name of the threads that do it
     * @param most items of one group
     * @param gathering how long after the begin of a group the next one begins at the soonest, unless that is full before; what comes when nothing has been
     *     done for so long does not wait
     * @param outage whether a failure says that nothing can be done now, alone or together
     * @param work does all or none of them, and answers each in their order. After a failure that is no outage the items of
     *     the group are tried one by one, so that one that cannot be done takes no other with it
     */
    public GroupedWork(
            String name,
            int most,
            Duration gathering,
            Predicate<RuntimeException> outage,
            Function<List<T>, List<R>> work) {
        this.name = name;
        this.most = most;
        this.gathering = gathering;
        this.outage = outage;
        this.work = work;
    }

    /**
     * Returns when it is done. What the work throws is thrown here.
     *
     * @throws InterruptedException if the caller is interrupted; then it is done or not
     */
    public R call(T item) throws InterruptedException {
        Waiting<T, R> waiting = new Waiting<>(item, new CompletableFuture<>());
        queue.add(waiting);
        if (queued.incrementAndGet() >= most) {
            LockSupport.unpark(worker);
        }
        startWorker();
        try {
            return waiting.answer().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("a group died", e.getCause());
        }
    }

    /** How many nobody has begun with. */
    int waiting() {
        return queued.get();
    }

    private void startWorker() {
        if (isWorking.compareAndSet(false, true)) {
            Thread.ofVirtual().name(name).start(this::workThrough);
        }
    }

    private void workThrough() {
        worker = Thread.currentThread();
        try {
            List<Waiting<T, R>> group = next();
            while (!group.isEmpty()) {
                long begun = System.nanoTime();
                workOn(group);
                gather(begun);
                group = next();
            }
        } finally {
            isWorking.set(false);
            // Somebody may have come after the last look and seen this worker still there.
            if (!queue.isEmpty()) {
                startWorker();
            }
        }
    }

    /** Also while nobody waits: who comes soon after a group is likely not to be the only one. */
    private void gather(long since) {
        long left = gathering.toNanos() - (System.nanoTime() - since);
        while (left > 0 && queued.get() < most) {
            LockSupport.parkNanos(left);
            left = gathering.toNanos() - (System.nanoTime() - since);
        }
    }

    private List<Waiting<T, R>> next() {
        List<Waiting<T, R>> group = new ArrayList<>();
        Waiting<T, R> waiting;
        while (group.size() < most && (waiting = queue.poll()) != null) {
            queued.decrementAndGet();
            group.add(waiting);
        }
        return group;
    }

    private void workOn(List<Waiting<T, R>> group) {
        try {
            answer(group);
        } catch (Error e) {
            // Nobody else has these in hand. Who has an answer keeps it.
            group.forEach(waiting -> waiting.answer().completeExceptionally(e));
            throw e;
        }
    }

    private void answer(List<Waiting<T, R>> group) {
        try {
            List<R> answers = work.apply(group.stream().map(Waiting::item).toList());
            for (int i = 0; i < group.size(); i++) {
                group.get(i).answer().complete(answers.get(i));
            }
        } catch (RuntimeException e) {
            if (group.size() == 1 || outage.test(e)) {
                group.forEach(waiting -> waiting.answer().completeExceptionally(e));
            } else {
                group.forEach(waiting -> answer(List.of(waiting)));
            }
        }
    }
}
