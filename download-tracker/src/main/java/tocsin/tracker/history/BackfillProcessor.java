package tocsin.tracker.history;

import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;

/** Works on the backfills that are asked for, in turns with the other instances. */
final class BackfillProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(BackfillProcessor.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private final BackfillPageRepository pages;
    private final BackfillPublisher publisher;
    private final HistoryMetrics metrics;
    private final WorkerThread worker = new WorkerThread("history-backfill", this::run);
    private boolean failed;

    BackfillProcessor(BackfillPageRepository pages, BackfillPublisher publisher, HistoryMetrics metrics) {
        this.pages = pages;
        this.publisher = publisher;
        this.metrics = metrics;
        metrics.showWorker("backfills", () -> worker.whyDead().isEmpty());
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        Duration pause;
        do {
            pause = step();
        } while (!worker.pause(pause));
    }

    private Duration step() {
        try {
            BackfillPageRepository.Step step = pages.step(publisher::publish);
            metrics.backfilled(step.rows());
            step.done()
                    .ifPresent(done ->
                            LOG.atInfo().addKeyValue("backfillId", done.id()).log("backfill.done"));
            if (step.rows() > 0) {
                failed = false;
            }
            Duration pause = step.pause().orElse(BETWEEN_LOOKS);
            return pause.compareTo(BETWEEN_LOOKS) < 0 ? pause : BETWEEN_LOOKS;
        } catch (BackfillPageRepository.PageFailedException e) {
            complain(e);
            tell(
                    e.backfill(),
                    e.getCause() instanceof KafkaException
                            ? "the brokers did not take the last page"
                            : "the last page could not be read or written; the log says why");
        } catch (SQLException | RuntimeException e) {
            complain(e);
        }
        return BETWEEN_LOOKS;
    }

    /** Once: it may last. */
    private void complain(Exception e) {
        if (!failed && !worker.isStopping()) {
            LOG.atWarn().setCause(e).log("backfill.held-up");
        }
        failed = true;
    }

    private void tell(UUID backfill, String why) {
        try {
            pages.troubled(backfill, why);
        } catch (SQLException e) {
            // Who asks is told by the database's absence.
            LOG.atDebug().setCause(e).log("backfill.trouble-not-told");
        }
    }

    @Override
    public void close() {
        worker.close();
    }
}
