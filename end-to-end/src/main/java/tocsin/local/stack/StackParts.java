package tocsin.local.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.local.running.Complaint;
import tocsin.testsupport.AtExit;

/**
 * What a stack has started, and how that ends: newest first, by its owner or with the JVM, never by both at once. A stack that is
 * still starting when the JVM ends is waited for, so that nothing of it is started after everything was stopped.
 */
final class StackParts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StackParts.class);
    private static final long START_LIMIT_SECONDS = 60;

    private final List<Part> parts = new ArrayList<>();
    private final CountDownLatch startOver = new CountDownLatch(1);
    private final AutoCloseable atExit = this::closeAfterStart;
    private final Runnable stopServices;

    private record Part(String name, AutoCloseable resource) {}

    /** @param stopServices done before the parts are closed one by one: stopping takes each its time, and none waits for another */
    StackParts(Runnable stopServices) {
        this.stopServices = stopServices;
        AtExit.closeFirst(atExit);
    }

    /** @throws Complaint if the JVM is ending; the part is closed then, too */
    <T extends AutoCloseable> T add(String name, T part) {
        synchronized (parts) {
            parts.add(new Part(name, part));
        }
        goOn();
        return part;
    }

    /** @throws Complaint if the JVM is ending, and starting more would be in vain */
    static void goOn() {
        if (AtExit.isUnderWay()) {
            throw new Complaint("stopped while it was starting");
        }
    }

    /** Everything was started, or nothing more will be. */
    void startIsOver() {
        startOver.countDown();
    }

    /** Whatever goes wrong with one part, the others are closed. Does nothing while the JVM ends: there the same is done already. */
    @Override
    public void close() {
        if (!AtExit.isUnderWay()) {
            AtExit.forget(atExit);
            closeAll();
        }
    }

    private void closeAfterStart() throws InterruptedException {
        if (!startOver.await(START_LIMIT_SECONDS, TimeUnit.SECONDS)) {
            LOG.atWarn().log("stack.start.endless");
        }
        closeAll();
    }

    private void closeAll() {
        stopServices.run();
        List<Part> newestFirst;
        synchronized (parts) {
            newestFirst = List.copyOf(parts).reversed();
            parts.clear();
        }
        for (Part part : newestFirst) {
            try {
                part.resource().close();
            } catch (Exception e) {
                LOG.atWarn().addKeyValue("part", part.name()).setCause(e).log("stack.close.failed");
            }
        }
    }
}
