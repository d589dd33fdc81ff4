package tocsin.tracker.history;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/** How the history is, for those who watch: it is no part of the service's health. */
final class HistoryMetrics {

    private static final String ROWS = "downloads that the history took: `stored`, `repeated`, `quarantined`."
            + " Where there is a history, as all of `tocsin_history_…`";

    private final MeterRegistry registry;
    private final Counter stored;
    private final Counter repeated;
    private final Counter refused;
    private final Counter failures;
    private final Counter dropped;
    private final Counter backfilled;
    private volatile double lag = Double.NaN;
    private volatile boolean up;

    HistoryMetrics(MeterRegistry registry) {
        this.registry = registry;
        stored = Counter.builder("tocsin.history.rows")
                .description(ROWS)
                .tag("outcome", "stored")
                .register(registry);
        repeated = Counter.builder("tocsin.history.rows")
                .description(ROWS)
                .tag("outcome", "repeated")
                .register(registry);
        refused = Counter.builder("tocsin.history.rows")
                .description(ROWS)
                .tag("outcome", "quarantined")
                .register(registry);
        failures = Counter.builder("tocsin.history.failures")
                .description("batches that could not be stored and come again")
                .register(registry);
        dropped = Counter.builder("tocsin.history.days.dropped")
                .description("days whose downloads were no longer to be kept")
                .register(registry);
        backfilled = Counter.builder("tocsin.history.backfilled")
                .baseUnit("rows")
                .description("downloads that were sent again to a matcher")
                .register(registry);
        Gauge.builder("tocsin.history.lag", this, metrics -> metrics.lag)
                .baseUnit("records")
                .description(
                        "records of `download.recorded` that the history has not read yet; not a number while it is not known")
                .register(registry);
        Gauge.builder("tocsin.history.up", this, metrics -> metrics.up ? 1 : 0)
                .description("1 if the database took what it was last given")
                .register(registry);
    }

    /**
     * A thread of the history that died stays dead until the process starts anew, and does not end the process: the alarm goes on.
     *
     * @param worker what it does, in a word
     * @param alive asked often, before the start too
     */
    void showWorker(String worker, BooleanSupplier alive) {
        Gauge.builder("tocsin.history.worker.up", alive, supplier -> supplier.getAsBoolean() ? 1 : 0)
                .description(
                        "1 while that thread of the history lives: `download-tracker-history` and `download-tracker-erasure` read their topics,"
                                + " `upkeep`, `erasures` and `backfills` do theirs. 0 until the process starts anew; the service stays alive,"
                                + " since its alarm does")
                .tag("worker", worker)
                .strongReference(true)
                .register(registry);
    }

    /** @param all with repeats */
    void stored(int fresh, int all) {
        stored.increment(fresh);
        repeated.increment((double) all - fresh);
        up = true;
    }

    void refused() {
        refused.increment();
    }

    void failed() {
        failures.increment();
        up = false;
    }

    void reachable(boolean reachable) {
        up = reachable;
    }

    void dayDropped() {
        dropped.increment();
    }

    void backfilled(int rows) {
        backfilled.increment(rows);
    }

    void lag(OptionalLong records) {
        lag = records.isPresent() ? records.getAsLong() : Double.NaN;
    }
}
