package tocsin.dispatcher.settings;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.Topics;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;
import tocsin.service.kafka.KafkaClients;

/**
 * Tells of all entitlements at each start, for the topic may have been lost since, and then that all are told. From then on it tells of those that
 * were saved without it: by an instance of a release that told of none, which may work beside this one.
 */
@Singleton
final class EntitlementsProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(EntitlementsProcessor.class);
    private static final Duration BETWEEN = Duration.ofSeconds(10);
    private static final int AT_ONCE = 500;

    private final SettingsRepository settings;
    private final KafkaClients clients;
    private final WorkerThread worker = new WorkerThread("entitlements", this::run);

    EntitlementsProcessor(SettingsRepository settings, KafkaClients clients) {
        this.settings = settings;
        this.clients = clients;
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        boolean isComplete = false;
        do {
            try {
                if (isComplete) {
                    settings.announceUntoldEntitlements(AT_ONCE);
                } else if (isWritable()) {
                    isComplete = announceAll();
                }
            } catch (RuntimeException e) {
                // Nothing is lost by it, and the next time may do better.
                LOG.atWarn().setCause(e).log("entitlements.not-announced");
            }
        } while (!worker.pause(BETWEEN));
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
