package tocsin.tracker.history;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;

/** Works on the erasures that the history knows of, in turns with the other instances, until nothing of their subjects is left. */
final class ErasureProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(ErasureProcessor.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    private final ErasurePieceRepository pieces;
    private final WorkerThread worker = new WorkerThread("history-erasures", this::run);
    private boolean failed;

    ErasureProcessor(ErasurePieceRepository pieces, HistoryMetrics metrics) {
        this.pieces = pieces;
        metrics.showWorker("erasures", () -> worker.whyDead().isEmpty());
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        Duration pause;
        do {
            pause = turn();
        } while (!worker.pause(pause));
    }

    private Duration turn() {
        try {
            Optional<ErasurePieceRepository.Turn> turn = pieces.turn();
            failed = false;
            turn.filter(ErasurePieceRepository.Turn::done)
                    .ifPresent(done -> LOG.atInfo()
                            .addKeyValue("erasureId", done.erasure().id())
                            .addKeyValue("subject", done.erasure().kind())
                            .log("erasure.done"));
            return turn.isPresent() ? Duration.ZERO : BETWEEN_LOOKS;
        } catch (SQLException | RuntimeException e) {
            if (!failed) {
                LOG.atWarn().setCause(e).log("erasure.held-up");
            }
            failed = true;
            letOthersGoFirst();
            return AFTER_FAILURE;
        }
    }

    /** Whatever is wrong with one of them is not wrong with all. */
    private void letOthersGoFirst() {
        try {
            pieces.postponeFirst();
        } catch (SQLException e) {
            LOG.atDebug().setCause(e).log("erasure.not-postponed");
        }
    }

    @Override
    public void close() {
        worker.close();
    }
}
