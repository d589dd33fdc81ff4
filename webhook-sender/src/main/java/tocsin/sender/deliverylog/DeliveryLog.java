package tocsin.sender.deliverylog;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import tocsin.sender.database.DatabaseException;
import tocsin.service.database.GroupedWork;

/** Has what happened to deliveries written, together with what happens to others at the same time, and counts it. */
@Singleton
public final class DeliveryLog {

    /** What a transaction of some milliseconds holds. */
    private static final int MOST_AT_ONCE = 200;

    /** One commits while the other gathers its rows. */
    private static final int WRITERS = 2;

    private final DeliveryLogRepository repository;
    private final MeterRegistry meters;
    private final GroupedWork<LogEntry, LogEntry> writes;

    DeliveryLog(DeliveryLogRepository repository, Clock clock, MeterRegistry meters) {
        this.repository = repository;
        this.meters = meters;
        DistributionSummary group = DistributionSummary.builder("tocsin.delivery.log.group")
                .description("entries of the delivery log written in one transaction")
                .register(meters);
        writes = new GroupedWork<>("log-writer", MOST_AT_ONCE, WRITERS, DatabaseException::saysOutage, entries -> {
            repository.write(entries, clock.instant());
            group.record(entries.size());
            return entries;
        });
    }

    /** Returns when it is durable. Not for use within a transaction. */
    public void write(LogEntry entry) throws InterruptedException {
        writes.call(entry);
        count(entry);
    }

    /** As {@link #write}, but as a part of the caller's transaction. */
    public void writeHere(List<LogEntry> entries, Instant now) {
        repository.write(entries, now);
        entries.forEach(this::count);
    }

    private void count(LogEntry entry) {
        entry.attempt()
                .ifPresent(attempt -> Counter.builder("tocsin.delivery.attempts")
                        .description(
                                "attempts by what asked for them (`first`, `retry`, `resend`, `replay`, `test`) and how they ended:"
                                        + " `delivered`, or the class of the error")
                        .tag("trigger", attempt.trigger().map(Trigger::text).orElse("first"))
                        .tag("outcome", attempt.errorClass().orElse("delivered").toLowerCase(Locale.ROOT))
                        .register(meters)
                        .increment());
        entry.attempt()
                .ifPresent(attempt -> Timer.builder("tocsin.delivery.attempt.duration")
                        .description("how long an attempt took, up to its deadline")
                        .register(meters)
                        .record(attempt.took()));
        if (entry.settlement().isPresent()) {
            Counter.builder("tocsin.deliveries.settled")
                    .description("deliveries that ended, by how")
                    .tag("state", entry.state().text())
                    .register(meters)
                    .increment();
        }
    }
}
