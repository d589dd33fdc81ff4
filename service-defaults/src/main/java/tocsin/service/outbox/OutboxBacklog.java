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
    private volatile Count last;

    private record Count(OutboxRepository.Waiting waiting, long atNanos) {}

    @Inject
    OutboxBacklog(MeterRegistry registry) {
        this(registry, System::nanoTime);
    }

    OutboxBacklog(MeterRegistry registry, LongSupplier nanos) {
        this.nanos = nanos;
        last = new Count(new OutboxRepository.Waiting(0, 0), nanos.getAsLong());
        Gauge.builder(
                        "tocsin.outbox.pending",
                        this,
                        backlog -> backlog.last.waiting().records())
                .description("records that wait for the broker, of all instances; measured every few seconds")
                .register(registry);
        Gauge.builder("tocsin.outbox.oldest", this, OutboxBacklog::oldestSeconds)
                .baseUnit("seconds")
                .description(
                        "how long the first of them has waited; where nobody could count for half a minute, that time too")
                .register(registry);
    }

    void counted(OutboxRepository.Waiting waiting) {
        last = new Count(waiting, nanos.getAsLong());
    }

    /** Also where nobody knows: a count that fails is no good sign. */
    boolean isBehind() {
        return oldestSeconds() > BEHIND_SECONDS;
    }

    private double oldestSeconds() {
        Count count = last;
        Duration since = Duration.ofNanos(nanos.getAsLong() - count.atNanos());
        double oldest = count.waiting().oldestSeconds();
        return since.compareTo(LONGEST_WITHOUT_A_COUNT) > 0 ? oldest + since.toSeconds() : oldest;
    }
}
