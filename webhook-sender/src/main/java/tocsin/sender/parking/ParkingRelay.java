package tocsin.sender.parking;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.BackgroundWork;
import tocsin.service.WorkerThread;
import tocsin.service.outbox.Outbox;

/** Looks once a second for parked deliveries that may go back, and sends so many of them back. */
@Singleton
final class ParkingRelay implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(ParkingRelay.class);
    private static final Duration SECOND = Duration.ofSeconds(1);
    /** Of requests, up to a megabyte each, that are sent back together: a small part of the heap. */
    private static final long ENOUGH_BYTES = 32L * 1024 * 1024;

    private final ParkingRepository parking;
    private final ParkingConfig config;
    private final Outbox outbox;
    private final Clock clock;
    private final AtomicBoolean held = new AtomicBoolean();
    private final WorkerThread worker = new WorkerThread("parking-relay", this::run);

    ParkingRelay(ParkingRepository parking, ParkingConfig config, Outbox outbox, Clock clock) {
        this.parking = parking;
        this.config = config;
        this.outbox = outbox;
        this.clock = clock;
    }

    @Override
    public void start() {
        worker.start();
    }

    private void run() throws InterruptedException {
        while (!worker.pause(SECOND)) {
            release();
        }
    }

    /** While the outbox is behind they wait here, where they are seen and where an erasure finds them. */
    void release() {
        if (outbox.isBehind()) {
            if (!held.getAndSet(true)) {
                LOG.atWarn().log("parking.held");
            }
            return;
        }
        if (held.getAndSet(false)) {
            LOG.atInfo().log("parking.resumed");
        }
        try {
            int released = parking.release(clock.instant(), config.perSecond(), ENOUGH_BYTES);
            if (released > 0) {
                LOG.atInfo().addKeyValue("deliveries", released).log("parking.released");
            }
        } catch (RuntimeException e) {
            // Whatever it is, the next second may do better; without this thread nothing would ever go back.
            LOG.atWarn().setCause(e).log("parking.failed");
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
