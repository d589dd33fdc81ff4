package tocsin.matcher.topology;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How often something may be started again before one gives up: a thread that dies of a passing trouble is replaced, but one that
 * dies of the same record again and again must become visible. Safe for use by many threads.
 */
final class RestartBudget {

    private final int restarts;
    private final Duration window;
    private final Clock clock;
    private final Deque<Instant> spent = new ArrayDeque<>();

    /** @param restarts how many are granted within any {@code window} */
    RestartBudget(int restarts, Duration window, Clock clock) {
        this.restarts = restarts;
        this.window = window;
        this.clock = clock;
    }

    /** @return false once the budget is spent. */
    synchronized boolean grant() {
        Instant now = clock.instant();
        while (!spent.isEmpty() && !spent.getFirst().plus(window).isAfter(now)) {
            spent.removeFirst();
        }
        if (spent.size() >= restarts) {
            return false;
        }
        spent.addLast(now);
        return true;
    }
}
