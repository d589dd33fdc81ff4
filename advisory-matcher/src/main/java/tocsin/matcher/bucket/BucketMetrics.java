package tocsin.matcher.bucket;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what was fetched, and shows when each feed was last read. Feeds are those that operators have written down. Safe for use by many threads. */
final class BucketMetrics {

    private final MeterRegistry registry;
    private final Map<String, AtomicLong> lastSuccess = new ConcurrentHashMap<>();

    BucketMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void published(String feed, String outcome) {
        registry.counter("tocsin.feeds.records", "feed", feed, "outcome", outcome)
                .increment();
    }

    void failed(String feed) {
        registry.counter("tocsin.feeds.failures", "feed", feed).increment();
    }

    /** @param at since when all of the feed has been read; the epoch: a part of it never was */
    void succeeded(String feed, Instant at) {
        lastSuccess.computeIfAbsent(feed, this::show).set(at.getEpochSecond());
    }

    private AtomicLong show(String feed) {
        AtomicLong seconds = new AtomicLong();
        Gauge.builder("tocsin.feeds.last.success", seconds, AtomicLong::get)
                .description("When all of a feed that is fetched was last read, in seconds since the epoch")
                .baseUnit("seconds")
                .tag("feed", feed)
                .strongReference(true)
                .register(registry);
        return seconds;
    }
}
