package tocsin.matcher.bucket;

import io.micrometer.core.instrument.Counter;
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
        Counter.builder("tocsin.feeds.records")
                .description(
                        "records that were fetched: `published`, `unreadable` (in quarantine), `missing`, `denied`, `too_large`,"
                                + " `older_than_listed`; `lines_not_read` and `too_many_of_the_same_days` of a list; `no_list_of_all` once for a"
                                + " bucket without")
                .tag("feed", feed)
                .tag("outcome", outcome)
                .register(registry)
                .increment();
    }

    void failed(String feed) {
        Counter.builder("tocsin.feeds.failures")
                .description("looks at a bucket that failed")
                .tag("feed", feed)
                .register(registry)
                .increment();
    }

    /** @param at since when all of the feed has been read; the epoch: a part of it never was */
    void succeeded(String feed, Instant at) {
        lastSuccess.computeIfAbsent(feed, this::show).set(at.getEpochSecond());
    }

    private AtomicLong show(String feed) {
        AtomicLong seconds = new AtomicLong();
        Gauge.builder("tocsin.feeds.last.success", seconds, AtomicLong::get)
                .description(
                        "when all of a feed that is fetched was last read, in seconds since the epoch; 0: a part of it never was. Of the"
                                + " instance that fetches; one that has stopped to shows what it knew")
                .baseUnit("seconds")
                .tag("feed", feed)
                .strongReference(true)
                .register(registry);
        return seconds;
    }
}
