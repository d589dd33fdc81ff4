package tocsin.engine;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Holds all attempts back while something that every one of them needs is down. After each pause one goes through to
 * see; when it succeeds, all go.
 */
final class OutageGate {

    private final Backoff backoff;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Counts outages and their repetitions, so that only what was let through since can tell of now. */
    private long era;

    private int failures;
    private long reopensAt;
    private boolean probing;
    private boolean ended;

    OutageGate(Backoff backoff, LongSupplier nanos) {
        this.backoff = backoff;
        this.nanos = nanos;
    }

    /**
     * Blocks during an outage.
     *
     * @return the pass, to be given back with {@link #succeeded}, {@link #failed} or {@link #returned}; empty if it is no use to wait
     */
    OptionalLong pass() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                if (failures == 0) {
                    return OptionalLong.of(era);
                }
                if (ended) {
                    return OptionalLong.empty();
                }
                long left = reopensAt - nanos.getAsLong();
                if (!probing && left <= 0) {
                    probing = true;
                    return OptionalLong.of(era);
                }
                // While one probes, its answer wakes the others.
                changed.await(probing ? Long.MAX_VALUE : left, TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    void succeeded(long pass) {
        lock.lock();
        try {
            if (pass == era && failures > 0) {
                failures = 0;
                probing = false;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    void failed(long pass) {
        lock.lock();
        try {
            if (pass != era) {
                return;
            }
            era++;
            failures++;
            probing = false;
            reopensAt = nanos.getAsLong() + backoff.after(failures).toNanos();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Without a verdict: it was not used. */
    void returned(long pass) {
        lock.lock();
        try {
            if (pass == era && failures > 0) {
                probing = false;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return failures > 0;
        } finally {
            lock.unlock();
        }
    }

    /** From now on nobody waits for the end of an outage. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
