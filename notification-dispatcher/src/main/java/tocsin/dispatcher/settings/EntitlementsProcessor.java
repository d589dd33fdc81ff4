package tocsin.dispatcher.settings;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;

/**
 * Tells of entitlements that were saved without it: by the releases that told of none, an instance of which may work beside this one, or before the
 * topic was lost. Then, and once at the start, it tells that all are told.
 */
@Singleton
final class EntitlementsProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(EntitlementsProcessor.class);
    private static final Duration BETWEEN = Duration.ofSeconds(10);
    private static final int AT_ONCE = 500;

    private final SettingsRepository settings;
    private final WorkerThread worker = new WorkerThread("entitlements", this::run);

    EntitlementsProcessor(SettingsRepository settings) {
        this.settings = settings;
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        boolean isComplete = false;
        do {
            try {
                int told = settings.announceEntitlements(AT_ONCE);
                isComplete &= told == 0;
                while (told == AT_ONCE && !worker.isStopping()) {
                    told = settings.announceEntitlements(AT_ONCE);
                }
                if (!isComplete && told < AT_ONCE) {
                    settings.announceAllEntitlementsTold();
                    isComplete = true;
                }
            } catch (RuntimeException e) {
                // Nothing is lost by it, and the next time may do better.
                LOG.atWarn().setCause(e).log("entitlements.not-announced");
            }
        } while (!worker.pause(BETWEEN));
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
