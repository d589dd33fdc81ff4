package tocsin.service;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The one thread of a {@link BackgroundWork} that looks for something to do, pauses and looks again, until it is closed. */
public final class WorkerThread implements AutoCloseable {

    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final CountDownLatch stop = new CountDownLatch(1);
    private final Work work;
    private final Thread thread;
    private volatile boolean ended;

    /** What it does. */
    @FunctionalInterface
    public interface Work {

        /**
         * Returns when it has nothing to do any more, or soon after {@link #isStopping()}. What it throws is the thread's end, and a fault.
         *
         * @throws InterruptedException if it did not end in time; then it is over
         */
        void run() throws InterruptedException;
    }

    /** @param name of the thread, for people */
    public WorkerThread(String name, Work work) {
        this.work = work;
        this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
    }

    private void run() {
        try {
            work.run();
            ended = true;
        } catch (InterruptedException _) {
            // Only close() interrupts this thread.
            ended = true;
        }
    }

    /** Returns at once. Called once. */
    public void start() {
        thread.start();
    }

    /** @return true if it was closed meanwhile, and the work should end */
    public boolean pause(Duration pause) throws InterruptedException {
        return stop.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    public boolean isStopping() {
        return stop.getCount() == 0;
    }

    /** Whether it was started and has not ended. */
    public boolean isRunning() {
        return thread.isAlive();
    }

    /** As {@link BackgroundWork#whyDead()}: who ended by itself has done its work, who threw has died. */
    public Optional<String> whyDead() {
        return thread.getState() == Thread.State.TERMINATED && !ended && !isStopping()
                ? Optional.of("the thread " + thread.getName() + " died")
                : Optional.empty();
    }

    /** Lets the work end within some seconds, then interrupts it and waits as long again. */
    @Override
    public void close() {
        stop.countDown();
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            if (!thread.join(FAREWELL)) {
                thread.interrupt();
                thread.join(FAREWELL);
            }
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
