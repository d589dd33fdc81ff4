package tocsin.testsupport;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a test leaves open is closed, newest first, when the JVM ends, so that a server shared by a whole test run needs no
 * ceremony and leaves neither processes nor directories behind. Whoever builds on these servers and has to close something
 * before or after them says so here: two shutdown hooks would run at the same time.
 */
public final class AtExit {

    private static final Logger LOG = LoggerFactory.getLogger(AtExit.class);
    private static final Set<AutoCloseable> OPEN = Collections.synchronizedSet(new LinkedHashSet<>());

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(AtExit::closeAll, "tocsin-at-exit"));
    }

    private static volatile boolean underWay;

    private AtExit() {}

    /** Whether the JVM is ending and everything is being closed in its order: whoever would close now by himself only gets in the way. */
    public static boolean isUnderWay() {
        return underWay;
    }

    /** To be closed before all that is open now. */
    public static void close(AutoCloseable resource) {
        OPEN.add(resource);
    }

    /** The resource was closed by its owner. */
    public static void forget(AutoCloseable resource) {
        OPEN.remove(resource);
    }

    private static void closeAll() {
        underWay = true;
        List<AutoCloseable> newestFirst;
        synchronized (OPEN) {
            newestFirst = List.copyOf(OPEN).reversed();
        }
        for (AutoCloseable resource : newestFirst) {
            try {
                resource.close();
            } catch (Exception e) {
                LOG.atWarn()
                        .addKeyValue("resource", resource.getClass().getSimpleName())
                        .setCause(e)
                        .log("exit.close.failed");
            }
        }
    }
}
