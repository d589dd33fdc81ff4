package tocsin.bench;

import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Work that goes on beside a measurement, in a thread of its own, until it is closed. */
final class Background implements AutoCloseable {

    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;

    /** @param work returns soon after what it is given says that it is over */
    Background(String name, Consumer<BooleanSupplier> work) {
        this.thread = Thread.ofPlatform().name(name).daemon().start(() -> work.accept(() -> end.getCount() == 0));
    }

    /** Returns when the work has. */
    @Override
    public void close() {
        end.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
