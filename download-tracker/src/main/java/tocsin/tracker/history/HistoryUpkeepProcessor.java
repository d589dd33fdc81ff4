package tocsin.tracker.history;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;

/** Makes the partitions of the next days, drops those that are no longer kept, and measures how far the history is behind. */
final class HistoryUpkeepProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryUpkeepProcessor.class);
    private static final Duration BETWEEN_MEASURES = Duration.ofSeconds(10);
    private static final Duration BETWEEN_UPKEEPS = Duration.ofMinutes(10);

    private final HistoryDatabaseClient database;
    private final ErasureRepository erasures;
    private final BackfillRepository backfills;
    private final HistoryLagClient lag;
    private final HistoryDays days;
    private final HistoryMetrics metrics;
    private final Clock clock;
    private final WorkerThread worker = new WorkerThread("history-upkeep", this::run);
    private boolean failed;

    HistoryUpkeepProcessor(
            HistoryDatabaseClient database,
            ErasureRepository erasures,
            BackfillRepository backfills,
            HistoryLagClient lag,
            HistoryDays days,
            HistoryMetrics metrics,
            Clock clock) {
        this.database = database;
        this.erasures = erasures;
        this.backfills = backfills;
        this.lag = lag;
        this.days = days;
        this.metrics = metrics;
        this.clock = clock;
        metrics.showWorker("upkeep", () -> worker.whyDead().isEmpty());
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        long next = System.nanoTime();
        do {
            if (System.nanoTime() - next >= 0 && upkeep()) {
                next = System.nanoTime() + BETWEEN_UPKEEPS.toNanos();
            }
            measure();
        } while (!worker.pause(BETWEEN_MEASURES));
    }

    private boolean upkeep() {
        try {
            keep();
            failed = false;
            metrics.reachable(true);
            return true;
        } catch (SQLException | RuntimeException e) {
            metrics.reachable(false);
            if (!failed) {
                LOG.atWarn().setCause(e).log("history.upkeep-failed");
            }
            failed = true;
            return false;
        }
    }

    /** What there is to do now, done. */
    void keep() throws SQLException {
        Instant now = clock.instant();
        List<LocalDate> there = database.inTransaction(connection -> {
            HistoryPartitionRepository.create(connection, days.ahead(now));
            return HistoryPartitionRepository.days(connection);
        });
        LocalDate oldest = days.oldest(now);
        for (LocalDate day : there) {
            if (day.isBefore(oldest)) {
                database.inTransaction(connection -> {
                    HistoryPartitionRepository.drop(connection, day);
                    return null;
                });
                metrics.dayDropped();
                LOG.atInfo().addKeyValue("day", day).log("history.day-dropped");
            }
        }
        database.inTransaction(connection -> HistoryPartitionRepository.deleteOutside(
                connection, oldest.atStartOfDay(ZoneOffset.UTC).toInstant()));
        erasures.forgetSubjects();
        backfills.forget(now);
    }

    private void measure() throws InterruptedException {
        try {
            metrics.lag(OptionalLong.of(lag.records()));
        } catch (ExecutionException | TimeoutException | RuntimeException _) {
            // The brokers' state is told elsewhere.
            metrics.lag(OptionalLong.empty());
        }
    }

    @Override
    public void close() {
        worker.close();
    }
}
