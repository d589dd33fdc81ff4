package tocsin.sender.egress;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends what takes too long, by one thread that looks at all of it {@value #TICK_MILLIS} ms after the last look. A wait with a limit of its own for each
 * request would wake a thread twice, to set the limit and to clear it, which nearly none of them comes to.
 */
final class DeadlineFactory implements AutoCloseable {

    private static final int TICK_MILLIS = 20;

    private final HashedWheelTimer timer = new HashedWheelTimer(
            Thread.ofPlatform().daemon().name("egress-deadlines").factory(), TICK_MILLIS, TimeUnit.MILLISECONDS);

    private volatile boolean isClosed;

    /**
     * @param length until it ends what is under way by then; a tick or two later, never before
     * @throws RejectedExecutionException if this is closed
     */
    Deadline begin(Duration length) {
        Deadline deadline = new Deadline();
        try {
            deadline.timeout = timer.newTimeout(deadline, length.toNanos(), TimeUnit.NANOSECONDS);
        } catch (IllegalStateException e) {
            throw new RejectedExecutionException(e);
        }
        // It may have come just too late to be among those that close() ends.
        if (isClosed) {
            deadline.cutOff();
        }
        return deadline;
    }

    /** Ends what is under way, since later nobody would. */
    @Override
    public void close() {
        isClosed = true;
        timer.stop().forEach(left -> ((Deadline) left.task()).cutOff());
    }

    /** Of one request, which may do one thing after the other until it. To be closed when it has done them all. */
    static final class Deadline implements TimerTask, AutoCloseable {

        private @Nullable Timeout timeout;
        private @Nullable Future<?> underWay;
        private boolean isOver;
        private boolean isCutOff;

        private Deadline() {}

        /** From now on the deadline cancels this one, at once if it is over already. */
        synchronized void ends(Future<?> next) {
            underWay = next;
            if (isOver) {
                next.cancel(true);
            }
        }

        @Override
        public void run(Timeout reached) {
            end();
        }

        private synchronized void cutOff() {
            isCutOff = true;
            end();
        }

        /** Whether what it ended would have had more time: we are closing. */
        synchronized boolean isCutOff() {
            return isCutOff;
        }

        private synchronized void end() {
            isOver = true;
            if (underWay != null) {
                underWay.cancel(true);
            }
        }

        @Override
        public void close() {
            if (timeout != null) {
                timeout.cancel();
            }
        }
    }
}
