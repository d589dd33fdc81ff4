package tocsin.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Where a process stops to be killed: it says so, and whoever has come there goes no further. */
final class Failpoint {

    static final String AFTER_POLL = "after-poll";
    static final String AFTER_SEND = "after-send";
    static final String AFTER_PRODUCE = "after-produce";
    static final String IN_REVOKE = "in-revoke";

    private final String armed;
    private final AtomicInteger passesLeft;

    /** @param passes how often it is passed before it stops somebody */
    Failpoint(String armed, int passes) {
        this.armed = armed;
        this.passesLeft = new AtomicInteger(passes);
    }

    void pass(String name) {
        if (name.equals(armed) && passesLeft.getAndDecrement() == 0) {
            letOthersCommit();
            System.out.println("failpoint " + name);
            System.out.flush();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("only a kill ends this", e);
            }
        }
    }

    /** Several times the pause between commits: what counts as done although it is not is told to the broker before the kill. */
    private static void letOthersCommit() {
        try {
            TimeUnit.MILLISECONDS.sleep(400);
        } catch (InterruptedException e) {
            throw new IllegalStateException("only a kill ends this", e);
        }
    }
}
