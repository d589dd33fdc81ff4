package tocsin.dispatcher.retention;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;

/** Looks from time to time for what grew old. Several instances do it beside each other and share the work. */
@Singleton
final class RetentionProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(RetentionProcessor.class);
    /** Counters grow by some rows with each transaction, and whoever reads them walks over all. */
    private static final Duration BETWEEN_SUMS = Duration.ofSeconds(10);

    private static final Duration DAY = Duration.ofDays(1);
    /** As long as their topics keep them. */
    private static final Duration REQUESTS = Duration.ofDays(14);

    private static final int AT_ONCE = 1_000;

    private final RetentionRepository repository;
    private final RetentionConfig config;
    private final Clock clock;
    private final WorkerThread worker = new WorkerThread("retention", this::run);

    RetentionProcessor(RetentionRepository repository, RetentionConfig config, Clock clock) {
        this.repository = repository;
        this.config = config;
        this.clock = clock;
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        long lookAt = System.nanoTime();
        while (!worker.pause(BETWEEN_SUMS)) {
            try {
                repository.addUp();
                if (System.nanoTime() - lookAt >= 0) {
                    lookAt = System.nanoTime() + config.every().toNanos();
                    removeOld(clock.instant());
                }
            } catch (RuntimeException e) {
                // Nothing is lost by it, and the next time may do better.
                LOG.atWarn().setCause(e).log("retention.failed");
            }
        }
    }

    /** All that is old by then. */
    void removeOld(Instant now) {
        removeAll("notifications", most -> repository.removeEnded(now.minus(config.ledger()), most));
        removeAll("decided", most -> repository.removeDecided(now.minus(config.ledger()), most));
        removeAll("requests", most -> repository.removeRequests(now.minus(REQUESTS), most));
        removeAll("audit", most -> repository.removeAudit(now.minus(config.ledger()), most));
        Duration told = config.told();
        if (told != null) {
            removeAll("told", most -> repository.removeTold(now.minus(told), most));
            removeAll("known", most -> repository.removeKnown(now.minus(told), most));
        }
        removeAll("confirmation-mails", most -> repository.removeConfirmationMails(now.minus(DAY), most));
        removeAll("campaigns", most -> repository.removeCampaigns(now, most));
        removeAll("unconfirmed", most -> repository.removeUnconfirmed(now.minus(config.unconfirmed()), most));
    }

    private void removeAll(String what, IntUnaryOperator remove) {
        int all = 0;
        int removed = AT_ONCE;
        while (removed == AT_ONCE && !worker.isStopping()) {
            removed = remove.applyAsInt(AT_ONCE);
            all += removed;
        }
        if (all > 0) {
            LOG.atInfo().addKeyValue("what", what).addKeyValue("rows", all).log("retention.removed");
        }
    }

    @Override
    public Optional<String> whyDead() {
        return worker.whyDead();
    }

    @Override
    public void close() {
        worker.close();
    }
}
