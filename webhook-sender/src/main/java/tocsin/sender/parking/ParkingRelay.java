package tocsin.sender.parking;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.BackgroundWork;

/** Looks once a second for parked deliveries that may go back, and sends so many of them back. */
@Singleton
final class ParkingRelay implements BackgroundWork {

    private static final Logger LOG = LoggerFactory.getLogger(ParkingRelay.class);
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    private final ParkingRepository parking;
    private final ParkingConfig config;
    private final Clock clock;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = Thread.ofPlatform().name("parking-relay").unstarted(this::run);

    ParkingRelay(ParkingRepository parking, ParkingConfig config, Clock clock) {
        this.parking = parking;
        this.config = config;
        this.clock = clock;
    }

    @Override
    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!stop.await(1, TimeUnit.SECONDS)) {
                release();
            }
        } catch (InterruptedException _) {
            // Only close() interrupts this thread.
            LOG.atInfo().log("parking.interrupted");
        }
    }

    private void release() {
        try {
            int released = parking.release(clock.instant(), config.perSecond());
            if (released > 0) {
                LOG.atInfo().addKeyValue("deliveries", released).log("parking.released");
            }
        } catch (RuntimeException e) {
            // Whatever it is, the next second may do better; without this thread nothing would ever go back.
            LOG.atWarn().setCause(e).log("parking.failed");
        }
    }

    @Override
    public void close() {
        stop.countDown();
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        try {
            if (!thread.join(FAREWELL)) {
                thread.interrupt();
            }
        } catch (InterruptedException _) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
