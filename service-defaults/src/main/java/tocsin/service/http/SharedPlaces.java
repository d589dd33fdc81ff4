package tocsin.service.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many requests of a costly kind are under way: uploads, each of which holds a piece of memory for as long as its sender likes, or searches,
 * each of which holds a connection. There is a most for all, a lower one for each who asks, and the scarcer places become the more are left to
 * those who have none: two of them together never have all, while there are three places or more. Safe for use by many threads.
 */
public final class SharedPlaces {

    private final int most;
    private final int mostOfOne;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> taken = new HashMap<>();
    private int total;

    public SharedPlaces(int most, int mostOfOne) {
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    /** The place of one request, given back by closing it, once. */
    public interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /** @return empty if there is no place for them now */
    public Optional<Place> enter(String who) {
        lock.lock();
        try {
            int own = taken.getOrDefault(who, 0);
            // Whoever has places leaves more than that free for the others.
            if (own >= mostOfOne || most - total <= own) {
                return Optional.empty();
            }
            total++;
            taken.put(who, own + 1);
            return Optional.of(() -> leave(who));
        } finally {
            lock.unlock();
        }
    }

    private void leave(String who) {
        lock.lock();
        try {
            total--;
            taken.computeIfPresent(who, (_, count) -> count == 1 ? null : count - 1);
        } finally {
            lock.unlock();
        }
    }
}
