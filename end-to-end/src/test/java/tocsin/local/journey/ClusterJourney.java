package tocsin.local.journey;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
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
 * As in production: a broker that speaks TLS and knows each service by its certificate, a database role for each, several instances of
 * every service that come, go and are replaced. {@code -Dtocsin.test.instances=3} makes it three of each, every one of which is replaced before two
 * go, and then {@code -Dtocsin.test.rounds=N} does it N times.
 */
abstract class ClusterJourney {

    private static final int INSTANCES = Integer.getInteger("tocsin.test.instances", 2);
    private static final int ROUNDS = INSTANCES > 2 ? Integer.getInteger("tocsin.test.rounds", 1) : 1;

    private final Journey journey;

    ClusterJourney(Journey journey) {
        this.journey = journey;
    }

    /** In the short form those that were there first leave, one after the other: each is replaced by another, and two become one. */
    @Test
    void losesNothingWhileServicesGrowAreReplacedAndShrink() {
        // Given
        Organisation organisation = journey.organisation("load-org");
        try (Load load = new Load(journey, organisation)) {
            for (int round = 0; round < ROUNDS; round++) {
                // When
                List<ServiceProcess> others = grow();
                load.awaitRung();
                if (INSTANCES > 2) {
                    replaceAll(others);
                    load.awaitRung();
                    together(others, ClusterJourney::stop);
                } else {
                    Topics.SERVICES
                            .reversed()
                            .forEach(service -> stop(journey.stack().service(service)));
                }
                load.awaitRung();
            }

            // Then
            load.assertNothingWasLost();
            journey.awaitMail(organisation.address(), "under-load-0");
        }
    }

    private List<ServiceProcess> grow() {
        List<ServiceProcess> others = new ArrayList<>();
        for (int more = 1; more < INSTANCES; more++) {
            Topics.SERVICES.forEach(service -> others.add(journey.stack().startAnother(service)));
            others.forEach(ServiceProcess::awaitReady);
        }
        return others;
    }

    /** As an upgrade goes: readers before writers, and one instance after the other. */
    private void replaceAll(List<ServiceProcess> others) {
        for (String service : Topics.SERVICES.reversed()) {
            replace(journey.stack().service(service));
            others.stream().filter(other -> other.name().equals(service)).forEach(ClusterJourney::replace);
        }
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
