package tocsin.testsupport;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where servers without a data directory of the caller's run; chosen for the whole test run. */
enum Backend {
    IN_PROCESS("in-process"),
    TESTCONTAINERS("testcontainers");

    private static final String PROPERTY = "tocsin.test.backend";
    private static final Logger LOG = LoggerFactory.getLogger(Backend.class);
    private static final Set<String> ANNOUNCED = ConcurrentHashMap.newKeySet();

    private final String label;

    Backend(String label) {
        this.label = label;
    }

    /** The one that {@code -Dtocsin.test.backend} names; in-process when it names none. A typo fails rather than falls back. */
    static Backend chosen() {
        String wanted = System.getProperty(PROPERTY, IN_PROCESS.label);
        for (Backend backend : values()) {
            if (backend.label.equals(wanted)) {
                return backend;
            }
        }
        throw new IllegalStateException("-D" + PROPERTY + "=" + wanted + ": neither in-process nor testcontainers");
    }

    /** Says once per kind of server, in the test's log, what the tests ran on. */
    void announce(String server) {
        if (ANNOUNCED.add(server)) {
            LOG.atInfo()
                    .addKeyValue("server", server)
                    .addKeyValue("backend", label)
                    .log("backend.chosen");
        }
    }
}
