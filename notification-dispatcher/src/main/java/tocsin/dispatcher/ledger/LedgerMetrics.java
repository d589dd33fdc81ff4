package tocsin.dispatcher.ledger;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.dispatcher.ledger.LedgerRepository.Totals;

/**
 * {@code tocsin.ledger.rows} by state, {@code tocsin.ledger.overdue} of those that have been pending for long, by channel, and {@code tocsin.ledger.unaccounted}: rows that the notifications ask for and that are not there, which must
 * be none. Of all instances; counted anew when somebody asks after a while. Not a number while the database is away.
 */
final class LedgerMetrics {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerMetrics.class);
    private static final Duration FRESH = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofDays(1);
    private static final List<String> CHANNELS = List.of("webhook", "email");

    private final LedgerRepository ledger;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private Instant countedAt = Instant.EPOCH;
    private Optional<Totals> counted = Optional.empty();
    private Map<String, Long> overdue = Map.of();

    LedgerMetrics(LedgerRepository ledger, MeterRegistry registry, Clock clock) {
        this.ledger = ledger;
        this.clock = clock;
        for (State state : State.values()) {
            Gauge.builder("tocsin.ledger.rows", this, it -> it.rows(state))
                    .tag("state", state.text())
                    .description(
                            "rows of the ledger: `pending`, `delivered`, `failed`, `suppressed`; every instance shows all of them")
                    .register(registry);
        }
        for (String channel : CHANNELS) {
            Gauge.builder("tocsin.ledger.overdue", this, it -> it.overdue(channel))
                    .tag("channel", channel)
                    .description(
                            "rows that have been pending for more than a day: of `webhook` what waits for an endpoint that is disabled or fails, and what somebody lost; of `email` none should")
                    .register(registry);
        }
        Gauge.builder("tocsin.ledger.unaccounted", this, LedgerMetrics::unaccounted)
                .description(
                        "rows that notifications ask for and that are not there: must be 0; not a number while the database is away")
                .register(registry);
    }

    private double rows(State state) {
        return totals().map(it -> (double) it.rows().getOrDefault(state, 0L)).orElse(Double.NaN);
    }

    private double unaccounted() {
        return totals().map(it -> (double) it.unaccounted()).orElse(Double.NaN);
    }

    private double overdue(String channel) {
        return totals().isPresent() ? overdue.getOrDefault(channel, 0L) : Double.NaN;
    }

    private Optional<Totals> totals() {
        lock.lock();
        try {
            Instant now = clock.instant();
            if (now.isAfter(countedAt.plus(FRESH))) {
                countedAt = now;
                counted = Optional.of(ledger.totals());
                overdue = ledger.pendingSince(now.minus(LONG));
            }
        } catch (RuntimeException e) {
            counted = Optional.empty();
            LOG.atWarn().setCause(e).log("ledger.not-counted");
        } finally {
            lock.unlock();
        }
        return counted;
    }
}
