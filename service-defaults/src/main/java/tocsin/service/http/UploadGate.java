package tocsin.service.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many uploads are under way. Each holds a bounded piece of memory and may last as long as its sender likes, so there is a most for all, and a
 * lower one for each sender, that none of them can keep the others out. Safe for use by many threads.
 */
public final class UploadGate {

    private final int most;
    private final int mostOfOne;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> underWay = new HashMap<>();
    private int total;

    public UploadGate(int most, int mostOfOne) {
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    /** One upload's place, given back by closing it, once. */
    public interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /** @return empty if there is no place now */
    public Optional<Place> enter(String sender) {
        lock.lock();
        try {
            int ofSender = underWay.getOrDefault(sender, 0);
            if (total >= most || ofSender >= mostOfOne) {
                return Optional.empty();
            }
            total++;
            underWay.put(sender, ofSender + 1);
            return Optional.of(() -> leave(sender));
        } finally {
            lock.unlock();
        }
    }

    private void leave(String sender) {
        lock.lock();
        try {
            total--;
            underWay.computeIfPresent(sender, (_, count) -> count == 1 ? null : count - 1);
        } finally {
            lock.unlock();
        }
    }
}
