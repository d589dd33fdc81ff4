package tocsin.service.outbox;

import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Tells the relay that something was committed. Signals raised before it looks are one. */
@Singleton
@Requires(property = "tocsin.outbox.enabled", value = "true")
final class OutboxSignal {

    private final Semaphore raised = new Semaphore(0);

    void raise() {
        raised.release();
    }

    /** @return whether it was raised; false if the time is up first */
    boolean await(Duration limit) throws InterruptedException {
        boolean woken = raised.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS);
        raised.drainPermits();
        return woken;
    }
}
