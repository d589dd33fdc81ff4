package tocsin.sender.replay;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;

/** Looks some times a second for replays whose next slice is due. */
@Singleton
final class ReplayProcessor implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(ReplayProcessor.class);
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final Replays replays;
    private final WorkerThread worker = new WorkerThread("replay", this::run);

    ReplayProcessor(Replays replays) {
        this.replays = replays;
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        while (!worker.pause(PAUSE)) {
            try {
                boolean sent = true;
                while (sent && !worker.isStopping()) {
                    sent = replays.sendSlice();
                }
            } catch (RuntimeException e) {
                // The slice was rolled back whole; the next look may do better.
                LOG.atWarn().setCause(e).log("replay.failed");
            }
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
