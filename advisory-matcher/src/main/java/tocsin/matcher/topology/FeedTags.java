package tocsin.matcher.topology;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Feeds as metrics name them. Feeds name themselves; a metric for each of a hostile one's names would fill memory. Those beyond the
 * limit are counted together. Safe for use by many threads.
 */
final class FeedTags {

    static final int MAX_FEEDS = 200;

    private static final String BEYOND = "other";

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<String> feeds = new HashSet<>();

    String of(String feed) {
        lock.lock();
        try {
            return feeds.contains(feed) || (feeds.size() < MAX_FEEDS && feeds.add(feed)) ? feed : BEYOND;
        } finally {
            lock.unlock();
        }
    }
}
