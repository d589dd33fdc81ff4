package tocsin.local.journey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tocsin.local.api.Organisation;
import tocsin.local.stack.ServiceProcess;
import tocsin.schemas.Topics;

/**
 * As in production: a broker that speaks TLS and knows each service by its certificate, a database role for each, two instances of
 * every service that are replaced one after the other while alarms ring. {@code -Dtocsin.test.instances=3} then has each service, one after the
 * other, grow from one to so many, be replaced one at a time, and shrink to one, {@code -Dtocsin.test.rounds=N} N times.
 */
abstract class ClusterJourney {

    private static final int INSTANCES = Integer.getInteger("tocsin.test.instances", 2);
    private static final int ROUNDS = INSTANCES > 2 ? Integer.getInteger("tocsin.test.rounds", 1) : 0;

    private final Journey journey;

    ClusterJourney(Journey journey) {
        this.journey = journey;
    }

    /** Each service gets a second instance while alarms ring; returns when both serve and nothing was lost or told anew. */
    static void doubleUnderLoad(Journey journey) {
        try (Load load = new Load(journey, journey.organisation("growing-org"))) {
            load.awaitRung();
            List<ServiceProcess> others =
                    Topics.SERVICES.stream().map(journey.stack()::startAnother).toList();
            together(others, ServiceProcess::awaitReady);
            load.awaitRung();
            load.assertNothingWasLost();
        }
    }

    /** Readers before writers, as an upgrade goes. */
    @Test
    void losesNothingWhileServicesShrinkGrowAndAreReplaced() {
        // Given
        Organisation organisation = journey.organisation("load-org");
        try (Load load = new Load(journey, organisation)) {
            // When
            List<String> readersFirst = Topics.SERVICES.reversed();
            replaceOldByNew(readersFirst.subList(0, 2), load);
            replaceOldByNew(readersFirst.subList(2, 4), load);
            for (String service : readersFirst) {
                for (int round = 0; round < ROUNDS; round++) {
                    grow(service);
                    load.awaitRung();
                    journey.stack().instances(service).forEach(ClusterJourney::replace);
                    load.awaitRung();
                    shrink(service);
                    load.awaitRung();
                }
            }

            // Then
            load.assertNothingWasLost();
            journey.awaitMail(organisation.address(), load.firstPackage());
        }
    }

    /** Of each service one is replaced while the other works, and when it is back the other goes: then nobody of before is left. */
    private void replaceOldByNew(List<String> services, Load load) {
        services.forEach(
                service -> assertEquals(2, journey.stack().instances(service).size(), service));
        together(services, service -> replace(journey.stack().instances(service).getFirst()));
        load.awaitRung();
        together(services, service -> stop(journey.stack().instances(service).getLast()));
        load.awaitRung();
    }

    private void grow(String service) {
        for (int more = 1; more < INSTANCES; more++) {
            journey.stack().startAnother(service).awaitReady();
        }
    }

    /** To one, the one that came last. */
    private void shrink(String service) {
        List<ServiceProcess> instances = journey.stack().instances(service);
        together(instances.subList(0, instances.size() - 1), ClusterJourney::stop);
    }

    private static void replace(ServiceProcess service) {
        stop(service);
        service.start();
        service.awaitReady();
    }

    private static void stop(ServiceProcess service) {
        assertTrue(service.stop(), () -> service.name() + " did not stop when asked to");
    }

    private static <T> void together(List<T> all, Consumer<T> task) {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            all.stream()
                    .map(each -> CompletableFuture.runAsync(() -> task.accept(each), executor))
                    .toList()
                    .forEach(CompletableFuture::join);
        }
    }
}
