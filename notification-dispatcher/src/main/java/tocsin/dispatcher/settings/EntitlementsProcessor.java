package tocsin.dispatcher.settings;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.Topics;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;
import tocsin.service.kafka.KafkaClients;

/**
 * Tells of all entitlements at each start, for the topic may have been lost since, and then that all are told; and again every day, since what the
 * outbox sent last of an organisation may be older than what it sent before, and compaction must find the newer behind it. In between it tells of
 * those that were saved without it: by an instance of a release that told of none, which may work beside this one.
 */
@Singleton
final class EntitlementsProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(EntitlementsProcessor.class);
    /** Well below {@code min.compaction.lag.ms} of the topic. */
    static final Duration TOLD_FOR = Duration.ofDays(1);

    private static final Duration BETWEEN = Duration.ofSeconds(10);
    private static final int AT_ONCE = 500;

    private final SettingsRepository settings;
    private final KafkaClients clients;
    private final Clock clock;
    private final WorkerThread worker = new WorkerThread("entitlements", this::run);
    /** The worker's only. */
    private Instant tellAllAt = Instant.MIN;

    EntitlementsProcessor(SettingsRepository settings, KafkaClients clients, Clock clock) {
        this.settings = settings;
        this.clients = clients;
        this.clock = clock;
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        do {
            try {
                tellWhatIsDue();
            } catch (RuntimeException e) {
                // Nothing is lost by it, and the next time may do better.
                LOG.atWarn().setCause(e).log("entitlements.not-announced");
            }
        } while (!worker.pause(BETWEEN));
    }

    void tellWhatIsDue() throws InterruptedException {
        Instant now = clock.instant();
        if (now.isBefore(tellAllAt)) {
            settings.announceUntoldEntitlements(AT_ONCE);
        } else if (isWritable() && announceAll()) {
            tellAllAt = now.plus(TOLD_FOR);
        }
    }

    /** The outbox keeps its order: a record that the broker does not take would hold up every alarm behind it. */
    private boolean isWritable() throws InterruptedException {
        Optional<String> why = clients.whyNotWritable(Topics.ORG_ENTITLEMENTS.name());
        why.ifPresent(reason -> LOG.atWarn()
                .addKeyValue("topic", Topics.ORG_ENTITLEMENTS.name())
                .addKeyValue("reason", reason)
                .addKeyValue("remedy", "topics apply, access apply")
                .log("entitlements.wait-for-topic"));
        return why.isEmpty();
    }

    /** @return whether all are told */
    private boolean announceAll() {
        Optional<String> last = settings.announceEntitlements("", AT_ONCE);
        while (last.isPresent() && !worker.isStopping()) {
            last = settings.announceEntitlements(last.get(), AT_ONCE);
        }
        if (last.isPresent()) {
            return false;
        }
        settings.announceAllEntitlementsTold();
        return true;
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
