package tocsin.engine;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.Supplier;

/** What one engine tells of itself; every meter bears the tag {@code group}. */
final class EngineMetrics {

    private final MeterRegistry registry;
    private final Tags tags;

    EngineMetrics(MeterRegistry registry, String groupId) {
        this.registry = registry;
        this.tags = Tags.of(Tag.of("group", groupId));
    }

    /** What became of a record: done, retry, park, dead, exhausted, deferred, aside, handover. */
    void outcome(String outcome) {
        Counter.builder("delivery.engine.outcomes")
                .tags(tags.and("outcome", outcome))
                .register(registry)
                .increment();
    }

    /** An exception of the handler. */
    void faulted() {
        Counter.builder("delivery.engine.faults").tags(tags).register(registry).increment();
    }

    /** From the due time to the start of the attempt. */
    void late(String topic, Duration lateness) {
        Timer.builder("delivery.engine.lateness")
                .tags(tags.and("topic", topic))
                .publishPercentiles(0.5, 0.99)
                .register(registry)
                .record(lateness);
    }

    /** A consumer failed and was replaced. */
    void consumerFailed(String topic) {
        Counter.builder("delivery.engine.consumer.failures")
                .tags(tags.and("topic", topic))
                .register(registry)
                .increment();
    }

    void watch(KeyedBulkhead<?> bulkhead) {
        gauge("delivery.engine.running", tags, bulkhead::running);
        gauge("delivery.engine.waiting", tags, bulkhead::waiting);
    }

    /** @param commitFailures in a row; 0 once one succeeds */
    void watch(String topic, Supplier<WindowView> view, Supplier<Number> commitFailures) {
        Tags own = tags.and("topic", topic);
        gauge("delivery.engine.window.open", own, () -> view.get().open());
        gauge("delivery.engine.window.span", own, () -> view.get().span());
        gauge("delivery.engine.partitions.assigned", own, () -> view.get().assigned());
        gauge("delivery.engine.partitions.paused", own, () -> view.get().paused());
        gauge("delivery.engine.commit.failures", own, commitFailures);
    }

    private void gauge(String name, Tags own, Supplier<Number> value) {
        // Strong: the engine may be held by nobody but its threads.
        Gauge.builder(name, value).tags(own).strongReference(true).register(registry);
    }
}
