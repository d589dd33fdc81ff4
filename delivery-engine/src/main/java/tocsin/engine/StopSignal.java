package tocsin.engine;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Given once, and pauses that it cuts short. */
final class StopSignal {

    private final CountDownLatch given = new CountDownLatch(1);

    void give() {
        given.countDown();
    }

    boolean isGiven() {
        return given.getCount() == 0;
    }

    /** @return false if the signal came first */
    boolean pause(Duration pause) throws InterruptedException {
        return !given.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    }
}
