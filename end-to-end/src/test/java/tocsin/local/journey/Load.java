package tocsin.local.journey;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.local.api.Organisation;
import tocsin.local.running.Waiting;
import tocsin.testsupport.ReceivedRequest;

/**
 * Downloads and advisories that do not stop, a bad package after the other, each of which must ring once. As many as ring: those that have
 * not rung are never more than {@link #MOST_UNDER_WAY}, so that a machine that is busy with starting processes has no heap of them to work off.
 */
final class Load implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Load.class);
    private static final long PAUSE_NANOS = 300_000_000;
    private static final int MOST_UNDER_WAY = 20;

    /** Groups hand partitions over several times, and the machine starts processes meanwhile. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Journey journey;
    private final Organisation organisation;
    private final List<String> packages = new CopyOnWriteArrayList<>();
    private final Map<String, String> read = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> running;
    private volatile boolean stopping;

    Load(Journey journey, Organisation organisation) {
        this.journey = journey;
        this.organisation = organisation;
        this.running = CompletableFuture.runAsync(
                this::run, task -> Thread.ofVirtual().name("load").start(task));
    }

    private void run() {
        for (int i = 0; !stopping; i++) {
            String name = packageName(i);
            journey.observe(Sample.download(organisation, name, Sample.BAD, journey.now()));
            journey.publish(Sample.advisory("MAL-" + name, name, journey.now()));
            packages.add(name);
            // The load of one proxy among many; what counts is that something is always on its way.
            do {
                LockSupport.parkNanos(PAUSE_NANOS);
            } while (!stopping && packages.size() - rung().size() >= MOST_UNDER_WAY);
        }
    }

    /** The alarm that rang by itself; later ones may be told in one mail. */
    String firstPackage() {
        return packageName(0);
    }

    private String packageName(int i) {
        return "under-load-of-" + organisation.id() + "-" + i;
    }

    /** Returns when all that was sent so far rang, and so did one that was sent after: it went through whoever serves now. */
    void awaitRung() {
        int before = packages.size();
        require(() -> packages.size() > before
                && rung().containsAll(List.copyOf(packages).subList(0, before + 1)));
    }

    private void require(BooleanSupplier held) {
        boolean inTime = Waiting.until(() -> running.isCompletedExceptionally() || held.getAsBoolean(), LIMIT);
        if (running.isCompletedExceptionally()) {
            running.join();
        }
        Journey.require(inTime, () -> missing() + " did not ring");
    }

    /** Ends it, and holds what came against what was sent: each told, each under one id with one body however often. */
    void assertNothingWasLost() {
        stop();
        require(() -> rung().containsAll(packages));
        Map<String, Set<String>> told = requests().stream()
                .collect(Collectors.groupingBy(
                        Load::packageOf,
                        Collectors.mapping(request -> idOf(request) + " " + request.bodyText(), Collectors.toSet())));
        assertEquals(new TreeSet<>(packages), new TreeSet<>(told.keySet()));
        told.forEach((name, tellings) -> assertEquals(1, tellings.size(), () -> name + " was told as " + tellings));
        LOG.atInfo()
                .addKeyValue("organisation", organisation.id())
                .addKeyValue("alarms", packages.size())
                .addKeyValue("repeats", requests().size() - packages.size())
                .log("load.rang");
    }

    private Set<String> missing() {
        Set<String> missing = new TreeSet<>(packages);
        missing.removeAll(rung());
        return missing;
    }

    /** The packages that were told of. */
    private Set<String> rung() {
        return requests().stream()
                .map(request -> read.computeIfAbsent(idOf(request), _ -> packageOf(request)))
                .collect(Collectors.toSet());
    }

    private static String idOf(ReceivedRequest request) {
        return request.header("webhook-id").orElseThrow();
    }

    private List<ReceivedRequest> requests() {
        return journey.stack().receiver().received().stream()
                .filter(request -> organisation.isCalledBy(request.path()))
                .toList();
    }

    private static String packageOf(ReceivedRequest request) {
        return Journey.json(request).at("/data/advisory/package_name").asText();
    }

    private void stop() {
        stopping = true;
        running.join();
    }

    @Override
    public void close() {
        stopping = true;
    }
}
