package tocsin.engine;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What one engine tells of itself; every meter bears the tag {@code group}. */
final class EngineMetrics {

    private final MeterRegistry registry;
    private final String group;
    private final BooleanSupplier heldBack;
    // To ask the registry for a meter costs more than to count.
    private final Map<String, Counter> outcomes = new ConcurrentHashMap<>();
    private final Map<String, Timer> lateness = new ConcurrentHashMap<>();

    /** @param heldBack whether nothing may start now, for what all attempts need is down */
    EngineMetrics(MeterRegistry registry, String groupId, BooleanSupplier heldBack) {
        this.registry = registry;
        this.group = groupId;
        this.heldBack = heldBack;
    }

    /** What became of a record: done, retry, park, dead, exhausted, deferred, aside, handover. */
    void outcome(String outcome) {
        outcomes.computeIfAbsent(
                        outcome,
                        name -> Counter.builder("delivery.engine.outcomes")
                                .description(
                                        "what became of records: `done`, `retry`, `park`, `dead` (at once, for what"
                                                + " was answered), `exhausted` (after the last attempt), `deferred`,"
                                                + " `aside`, `handover`")
                                .tag("group", group)
                                .tag("outcome", name)
                                .register(registry))
                .increment();
    }

    /** An exception of the handler. */
    void faulted() {
        Counter.builder("delivery.engine.faults")
                .description("exceptions of a handler; they spend no attempt")
                .tag("group", group)
                .register(registry)
                .increment();
    }

    /** From the due time to the start of the attempt. */
    void late(String topic, Duration late) {
        lateness.computeIfAbsent(
                        topic,
                        name -> Timer.builder("delivery.engine.lateness")
                                .description("how long after it was due a retry started")
                                .tag("group", group)
                                .tag("topic", name)
                                .publishPercentiles(0.5, 0.99)
                                .register(registry))
                .record(late);
    }

    /** From when the record was written to the end of its first attempt. */
    void attempted(String topic, Duration waited) {
        Timer.builder("delivery.engine.first.attempt")
                .description("how long after a record was written its first attempt had ended")
                .tag("group", group)
                .tag("topic", topic)
                .publishPercentiles(0.5, 0.99)
                .register(registry)
                .record(waited);
    }

    /** A consumer failed and was replaced. */
    void consumerFailed(String topic) {
        Counter.builder("delivery.engine.consumer.failures")
                .description("consumers that failed and were replaced")
                .tag("group", group)
                .tag("topic", topic)
                .register(registry)
                .increment();
    }

    // Gauges are strong: the engine may be held by nobody but its threads.
    void watch(KeyedBulkhead<?> bulkhead) {
        Gauge.builder("delivery.engine.held.back", () -> heldBack.getAsBoolean() ? 1 : 0)
                .description(
                        "1 while no attempt may start, for what every one needs is down: the database, or the mail server")
                .tag("group", group)
                .strongReference(true)
                .register(registry);
        Supplier<Number> running = bulkhead::running;
        Gauge.builder("delivery.engine.running", running)
                .description("attempts under way")
                .tag("group", group)
                .strongReference(true)
                .register(registry);
        Supplier<Number> waiting = bulkhead::waiting;
        Gauge.builder("delivery.engine.waiting", waiting)
                .description("records that wait for their turn")
                .tag("group", group)
                .strongReference(true)
                .register(registry);
    }

    /**
     * Whoever goes by it starts further instances, which help nothing while all are held back.
     *
     * @param overdue how long the first retry that is due has waited to start; zero where none is due
     */
    void watchDue(String topic, Supplier<Duration> overdue) {
        Gauge.builder(
                        "delivery.engine.overdue",
                        () -> heldBack.getAsBoolean() ? 0 : overdue.get().toMillis() / 1_000.0)
                .baseUnit("seconds")
                .description("how long the first retry that is due has waited to start; 0 where none is due, and while"
                        + " nothing may start")
                .tag("group", group)
                .tag("topic", topic)
                .strongReference(true)
                .register(registry);
    }

    /** @param commitFailures in a row; 0 once one succeeds */
    void watch(String topic, Supplier<WindowView> view, Supplier<Number> commitFailures) {
        Gauge.builder("delivery.engine.window.open", () -> view.get().open())
                .description("records received and not done")
                .tag("group", group)
                .tag("topic", topic)
                .strongReference(true)
                .register(registry);
        Gauge.builder("delivery.engine.window.span", () -> view.get().span())
                .description("those, and the done ones that wait behind them for their commit")
                .tag("group", group)
                .tag("topic", topic)
                .strongReference(true)
                .register(registry);
        Gauge.builder("delivery.engine.partitions.assigned", () -> view.get().assigned())
                .description("partitions that this instance reads")
                .tag("group", group)
                .tag("topic", topic)
                .strongReference(true)
                .register(registry);
        Gauge.builder("delivery.engine.partitions.paused", () -> view.get().paused())
                .description("of them, those that are not read because their window is full")
                .tag("group", group)
                .tag("topic", topic)
                .strongReference(true)
                .register(registry);
        Gauge.builder("delivery.engine.commit.failures", commitFailures)
                .description("commits that failed one after another")
                .tag("group", group)
                .tag("topic", topic)
                .strongReference(true)
                .register(registry);
    }
}
