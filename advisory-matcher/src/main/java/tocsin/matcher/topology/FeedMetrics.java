package tocsin.matcher.topology;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Shows when each feed was last heard of, whichever way it comes, and how new its newest record is. Safe for use by many threads. */
final class FeedMetrics {

    private final MeterRegistry registry;
    private final FeedTags feeds;
    private final Map<String, AtomicLong> received = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> newest = new ConcurrentHashMap<>();

    FeedMetrics(MeterRegistry registry, FeedTags feeds) {
        this.registry = registry;
        this.feeds = feeds;
    }

    /**
     * A backlog that is read late, or a feed that is sent again, moves nothing back.
     *
     * @param modified as the record tells; one that lies ahead of its receipt counts as the receipt
     */
    void received(String feed, Instant receivedAt, Instant modified) {
        String tag = feeds.of(feed);
        raise(received.computeIfAbsent(tag, this::showReceived), receivedAt);
        raise(newest.computeIfAbsent(tag, this::showNewest), modified.isAfter(receivedAt) ? receivedAt : modified);
    }

    private static void raise(AtomicLong seconds, Instant at) {
        seconds.accumulateAndGet(at.getEpochSecond(), Math::max);
    }

    private AtomicLong showReceived(String feed) {
        AtomicLong seconds = new AtomicLong();
        Gauge.builder("tocsin.feeds.last.received", seconds, AtomicLong::get)
                .description(
                        "when the newest advisory of the feed was received, whichever way, in seconds since the epoch")
                .baseUnit("seconds")
                .tag("feed", feed)
                .strongReference(true)
                .register(registry);
        return seconds;
    }

    private AtomicLong showNewest(String feed) {
        AtomicLong seconds = new AtomicLong();
        Gauge.builder("tocsin.feeds.newest.record", seconds, AtomicLong::get)
                .description("when the feed changed the newest of its advisories, in seconds since the epoch")
                .baseUnit("seconds")
                .tag("feed", feed)
                .strongReference(true)
                .register(registry);
        return seconds;
    }
}
