package tocsin.service.database;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Makes one transaction of what many threads want of the database at the same time. Nobody waits for others to come: while one group is under way the next
 * one gathers, so a call alone is as fast as without this, and under load one transaction serves many and few connections serve all.
 *
 * @param <T> what is asked
 * @param <R> what is answered
 */
public final class GroupedWork<T, R> {

    private final String name;
    private final int most;
    private final int workers;
    private final Predicate<RuntimeException> outage;
    private final Function<List<T>, List<R>> work;
    private final ConcurrentLinkedQueue<Waiting<T, R>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger working = new AtomicInteger();

    private record Waiting<T, R>(T item, CompletableFuture<R> answer) {}

    /**
     * @param name of the threads that do it
     * @param most items of one group
     * @param workers groups at the same time
     * @param outage whether a failure says that nothing can be done now, alone or together
     * @param work does all or none of them, and answers each in their order; called from several threads. After a failure that is no outage the items of
     *     the group are tried one by one, so that one that cannot be done takes no other with it
     */
    public GroupedWork(
            String name, int most, int workers, Predicate<RuntimeException> outage, Function<List<T>, List<R>> work) {
        this.name = name;
        this.most = most;
        this.workers = workers;
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
        return queue.size();
    }

    private void startWorker() {
        int now = working.get();
        while (now < workers) {
            if (working.compareAndSet(now, now + 1)) {
                Thread.ofVirtual().name(name + "-", now).start(this::workThrough);
                return;
            }
            now = working.get();
        }
    }

    private void workThrough() {
        try {
            List<Waiting<T, R>> group = next();
            while (!group.isEmpty()) {
                workOn(group);
                group = next();
            }
        } finally {
            working.decrementAndGet();
        }
        // Somebody may have come after the last look and seen this worker still there.
        if (!queue.isEmpty()) {
            startWorker();
        }
    }

    private List<Waiting<T, R>> next() {
        List<Waiting<T, R>> group = new ArrayList<>();
        Waiting<T, R> waiting;
        while (group.size() < most && (waiting = queue.poll()) != null) {
            group.add(waiting);
        }
        return group;
    }

    private void workOn(List<Waiting<T, R>> group) {
        try {
            List<R> answers = work.apply(group.stream().map(Waiting::item).toList());
            for (int i = 0; i < group.size(); i++) {
                group.get(i).answer().complete(answers.get(i));
            }
        } catch (RuntimeException e) {
            if (group.size() == 1 || outage.test(e)) {
                group.forEach(waiting -> waiting.answer().completeExceptionally(e));
            } else {
                group.forEach(waiting -> workOn(List.of(waiting)));
            }
        } catch (Error e) {
            group.forEach(waiting -> waiting.answer().completeExceptionally(e));
            throw e;
        }
    }
}
