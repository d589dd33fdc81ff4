package tocsin.tracker.intake;

import java.time.Duration;

/** How long may be spent on questions that lead to nothing. It comes back as time passes, but slower. Safe for use by many threads. */
final class VainTime {

    private final long most;
    private final int share;
    private long left;
    private long counted;

    /**
     * @param atMost that may be spent at once
     * @param share one part in so many of the time that passes comes back
     * @param now {@link System#nanoTime}, here and below
     */
    VainTime(Duration atMost, int share, long now) {
        this.most = atMost.toNanos();
        this.share = share;
        this.left = most;
        this.counted = now;
    }

    /** The last question may take more than is left. */
    synchronized boolean isLeft(long now) {
        refill(now);
        return left > 0;
    }

    synchronized void spend(long nanos, long now) {
        refill(now);
        left -= nanos;
    }

    private void refill(long now) {
        left = Math.min(most, left + (now - counted) / share);
        counted = now;
    }
}
