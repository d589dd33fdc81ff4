package tocsin.testsupport;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a test leaves open is closed, newest first, when the JVM ends, so that a server shared by a whole test run needs no
 * ceremony and leaves neither processes nor directories behind. Whoever builds on these servers and wants to close them his own
 * way says so here: two shutdown hooks would run at the same time.
 */
public final class AtExit {

    private static final Logger LOG = LoggerFactory.getLogger(AtExit.class);
    private static final Set<AutoCloseable> FIRST = Collections.synchronizedSet(new LinkedHashSet<>());
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

    /** To be closed before everything else, also before what is opened later. */
    public static void closeFirst(AutoCloseable resource) {
        FIRST.add(resource);
    }

    static void close(AutoCloseable resource) {
        OPEN.add(resource);
    }

    /** The resource was closed by its owner. */
    public static void forget(AutoCloseable resource) {
        FIRST.remove(resource);
        OPEN.remove(resource);
    }

    private static void closeAll() {
        underWay = true;
        closeNewestFirst(FIRST);
        closeNewestFirst(OPEN);
    }

    private static void closeNewestFirst(Set<AutoCloseable> resources) {
        List<AutoCloseable> newestFirst;
        synchronized (resources) {
            newestFirst = List.copyOf(resources).reversed();
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
