package tocsin.service.outbox;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.LongSupplier;

/** What waits for the broker, as the relay of this instance counts it every few seconds. */
@Singleton
@Requires(property = "tocsin.outbox.enabled", value = "true")
final class OutboxBacklog {

    /** Under load records wait for parts of a second. */
    private static final double BEHIND_SECONDS = 5;

    /** A relay that waits for its turn, fails and pauses counts every twenty seconds. */
    private static final Duration LONGEST_WITHOUT_A_COUNT = Duration.ofSeconds(30);

    private final LongSupplier nanos;
    private volatile Counted last;

    /**
     * @param oldestSeconds how long the first of them has waited; 0 if there are none
     * @param atNanos when that was
     */
    private record Counted(long records, double oldestSeconds, long atNanos) {}

    @Inject
    OutboxBacklog(MeterRegistry registry) {
        this(registry, System::nanoTime);
    }

    OutboxBacklog(MeterRegistry registry, LongSupplier nanos) {
        this.nanos = nanos;
        last = new Counted(0, 0, nanos.getAsLong());
        Gauge.builder("tocsin.outbox.pending", this, backlog -> backlog.last.records())
                .description("records that wait for the broker, of all instances; measured every few seconds")
                .register(registry);
        Gauge.builder("tocsin.outbox.oldest", this, OutboxBacklog::oldestSeconds)
                .baseUnit("seconds")
                .description(
                        "how long the first of them has waited; where nobody could count for half a minute, that time too")
                .register(registry);
    }

    void count(long records, double oldestSeconds) {
        last = new Counted(records, oldestSeconds, nanos.getAsLong());
    }

    /** Also where nobody knows: a count that fails is no good sign. */
    boolean isBehind() {
        return oldestSeconds() > BEHIND_SECONDS;
    }

    private double oldestSeconds() {
        Counted counted = last;
        Duration since = Duration.ofNanos(nanos.getAsLong() - counted.atNanos());
        return since.compareTo(LONGEST_WITHOUT_A_COUNT) > 0
                ? counted.oldestSeconds() + since.toSeconds()
                : counted.oldestSeconds();
    }
}
