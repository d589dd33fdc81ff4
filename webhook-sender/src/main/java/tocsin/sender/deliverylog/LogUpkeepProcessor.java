package tocsin.sender.deliverylog;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;

/** Makes the days of the log that come next and drops those that are no longer kept. Every instance does, one at a time gets to it. */
@Singleton
final class LogUpkeepProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(LogUpkeepProcessor.class);

    private final LogPartitionRepository partitions;
    private final DeliveryLogConfig config;
    private final LogDays days;
    private final Clock clock;
    private final WorkerThread worker = new WorkerThread("delivery-log-upkeep", this::run);

    LogUpkeepProcessor(LogPartitionRepository partitions, DeliveryLogConfig config, Clock clock) {
        this.partitions = partitions;
        this.config = config;
        this.days = new LogDays(config.retentionDays());
        this.clock = clock;
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        do {
            try {
                keep();
            } catch (RuntimeException e) {
                // Whoever writes makes the day that he needs; what is too old goes the next time.
                LOG.atWarn().setCause(e).log("delivery.log.upkeep-failed");
            }
        } while (!worker.pause(config.upkeep()));
    }

    /** What there is to do now, done. */
    void keep() {
        Instant now = clock.instant();
        partitions.makeAhead(days.ahead(now));
        LocalDate oldest = days.oldest(now);
        for (LocalDate day : partitions.days()) {
            if (day.isBefore(oldest)) {
                partitions.drop(day);
                LOG.atInfo().addKeyValue("day", day).log("delivery.log.day-dropped");
            }
        }
        int rows = 0;
        int deleted;
        do {
            deleted = partitions.deleteSettled(LogDays.start(oldest));
            rows += deleted;
        } while (deleted > 0 && !worker.isStopping());
        if (rows > 0) {
            LOG.atInfo().addKeyValue("deliveries", rows).log("delivery.log.removed");
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
