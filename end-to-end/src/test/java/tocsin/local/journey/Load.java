package tocsin.local.journey;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import tocsin.local.api.Organisation;
import tocsin.local.running.Waiting;
import tocsin.testsupport.ReceivedRequest;

/** Downloads and advisories that do not stop, a bad package after the other, each of which must ring once. */
final class Load implements AutoCloseable {

    private static final long PAUSE_NANOS = 100_000_000;

    private final Journey journey;
    private final Organisation organisation;
    private final List<String> packages = new CopyOnWriteArrayList<>();
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
            String name = "under-load-" + i;
            journey.observe(Sample.download(organisation, name, Sample.BAD, journey.now()));
            journey.publish(Sample.advisory("MAL-" + name, name, journey.now()));
            packages.add(name);
            // The load of one proxy among many; what counts is that something is always on its way.
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    int size() {
        return packages.size();
    }

    /** Returns when all that was sent so far rang, and so went through whoever serves now. */
    void awaitRung() {
        int wanted = size();
        Journey.require(Waiting.until(() -> ids().size() >= wanted, Journey.LIMIT), () -> missing() + " did not ring");
    }

    /** Ends it, and holds what came against what was sent: each told, each under one id with one body however often. */
    void assertNothingWasLost() {
        stop();
        awaitRung();
        Map<String, Set<String>> told = requests().stream()
                .collect(Collectors.groupingBy(
                        Load::packageOf,
                        Collectors.mapping(
                                request -> request.header("webhook-id").orElseThrow() + " " + request.bodyText(),
                                Collectors.toSet())));
        assertEquals(new TreeSet<>(packages), new TreeSet<>(told.keySet()));
        told.forEach((name, tellings) -> assertEquals(1, tellings.size(), () -> name + " was told as " + tellings));
    }

    private Set<String> missing() {
        Set<String> missing = new TreeSet<>(packages);
        requests().forEach(request -> missing.remove(packageOf(request)));
        return missing;
    }

    private Set<String> ids() {
        return requests().stream()
                .map(request -> request.header("webhook-id").orElseThrow())
                .collect(Collectors.toSet());
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
