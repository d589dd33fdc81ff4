package tocsin.bench;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How fast a count rose, and what that cost a process.
 *
 * @param from where it was when the time began
 * @param to where it was when the time ended
 * @param cpu that the process took meanwhile; on a busy machine it says more than the time
 */
record Pace(long from, long to, Duration took, Duration cpu) {

    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration STANDSTILL = Duration.ofSeconds(90);

    double perSecond() {
        return (to - from) / (took.toNanos() / 1e9);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%.0f/s, %.1f µs of processor time each", perSecond(), cpu.toNanos() / 1e3 / (to - from));
    }

    /**
     * Begins when the count is {@code from} and ends when it is {@code to} or the time is up.
     *
     * @param what for error messages
     * @param pid of the process that does it
     * @throws IllegalStateException if it does not even begin
     */
    static Pace of(String what, long pid, LongSupplier count, long from, long to, Duration limit) {
        long first = await(what, count, from);
        Duration cpu = cpu(pid);
        long start = System.nanoTime();
        long last = first;
        while (last < to && System.nanoTime() - start < limit.toNanos()) {
            pause();
            last = count.getAsLong();
        }
        return new Pace(first, last, Duration.ofNanos(System.nanoTime() - start), cpu(pid).minus(cpu));
    }

    /** Where it does not matter what it costs: the processor time is this process's. */
    static Pace of(String what, LongSupplier count, long from, long to, Duration limit) {
        return of(what, ProcessHandle.current().pid(), count, from, to, limit);
    }

    /** Zero where the system does not tell. */
    private static Duration cpu(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }

    /**
     * @return the count by then
     * @throws IllegalStateException if it does not rise any more
     */
    static long await(String what, LongSupplier count, long atLeast) {
        long last = count.getAsLong();
        long movedAt = System.nanoTime();
        while (last < atLeast) {
            pause();
            long now = count.getAsLong();
            if (now > last) {
                movedAt = System.nanoTime();
            } else if (System.nanoTime() - movedAt > STANDSTILL.toNanos()) {
                throw new IllegalStateException(what + " stopped at " + now + " of " + atLeast);
            }
            last = now;
        }
        return last;
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
