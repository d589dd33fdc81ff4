package tocsin.sender.deliverylog;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tocsin.sender.database.DatabaseException;
import tocsin.service.database.GroupedWork;

/** Has what happened to deliveries written, together with what happens to others at the same time, and counts it. */
@Singleton
public final class DeliveryLog {

    /** What a transaction of some milliseconds holds. */
    private static final int MOST_AT_ONCE = 200;

    /** Little for a delivery; for the database, many deliveries in one transaction in place of a few. */
    private static final Duration GATHERING = Duration.ofMillis(5);

    private final DeliveryLogRepository repository;
    private final MeterRegistry meters;
    private final GroupedWork<LogEntry, LogEntry> writes;
    private final Timer durations;
    // To ask the registry for a meter costs more than to count.
    private final Map<Ending, Counter> attempts = new ConcurrentHashMap<>();
    private final Map<DeliveryState, Counter> settled = new ConcurrentHashMap<>();

    /** What attempts are counted by; there are few of them. */
    private record Ending(String trigger, String outcome) {}

    DeliveryLog(DeliveryLogRepository repository, Clock clock, MeterRegistry meters) {
        this.repository = repository;
        this.meters = meters;
        DistributionSummary group = DistributionSummary.builder("tocsin.delivery.log.group")
                .description("entries of the delivery log written in one transaction")
                .register(meters);
        durations = Timer.builder("tocsin.delivery.attempt.duration")
                .description("how long an attempt took, up to its deadline")
                .register(meters);
        writes = new GroupedWork<>("log-writer", MOST_AT_ONCE, GATHERING, DatabaseException::saysOutage, entries -> {
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
        entry.attempt().ifPresent(this::count);
        if (entry.settlement().isPresent()) {
            settled.computeIfAbsent(
                            entry.state(),
                            state -> Counter.builder("tocsin.deliveries.settled")
                                    .description("deliveries that ended, by how")
                                    .tag("state", state.text())
                                    .register(meters))
                    .increment();
        }
    }

    private void count(LoggedAttempt attempt) {
        attempts.computeIfAbsent(
                        new Ending(
                                attempt.trigger().map(Trigger::text).orElse("first"),
                                attempt.errorClass().orElse("delivered")),
                        ending -> Counter.builder("tocsin.delivery.attempts")
                                .description("attempts by what asked for them (`first`, `retry`, `resend`, `replay`,"
                                        + " `test`) and how they ended: `delivered`, or the class of the error")
                                .tag("trigger", ending.trigger())
                                .tag("outcome", ending.outcome().toLowerCase(Locale.ROOT))
                                .register(meters))
                .increment();
        durations.record(attempt.took());
    }
}
