package tocsin.bench;

import java.util.ArrayDeque;
import java.util.Deque;

/** What is closed together, the last first; one that cannot be closed keeps no other open. May be filled by several threads. */
final class Resources implements AutoCloseable {

    private final Deque<AutoCloseable> kept = new ArrayDeque<>();

    synchronized <T extends AutoCloseable> T keep(T resource) {
        kept.push(resource);
        return resource;
    }

    @Override
    public synchronized void close() {
        IllegalStateException failed = new IllegalStateException("something could not be closed");
        while (!kept.isEmpty()) {
            try {
                kept.pop().close();
            } catch (Exception e) {
                failed.addSuppressed(e);
            }
        }
        if (failed.getSuppressed().length > 0) {
            throw failed;
        }
    }
}
