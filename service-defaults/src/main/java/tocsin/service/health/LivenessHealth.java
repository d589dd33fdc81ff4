package tocsin.service.health;

import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Liveness;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import tocsin.service.BackgroundWork;

/** Alive until a {@link BackgroundWork} is dead: that only a restart mends. The log has the reasons, once per change. */
@Singleton
@Liveness
final class LivenessHealth implements HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(LivenessHealth.class);

    private final List<BackgroundWork> works;
    private final AtomicReference<Map<String, String>> last = new AtomicReference<>(Map.of());

    LivenessHealth(List<BackgroundWork> works) {
        this.works = List.copyOf(works);
    }

    @Override
    public Publisher<HealthResult> getResult() {
        return Mono.fromSupplier(this::now);
    }

    private HealthResult now() {
        Map<String, String> reasons = new TreeMap<>();
        for (BackgroundWork work : works) {
            work.whyDead().ifPresent(reason -> reasons.put(work.getClass().getSimpleName(), reason));
        }
        if (!reasons.equals(last.getAndSet(reasons))) {
            LOG.atError().addKeyValue("reasons", reasons).log("liveness.changed");
        }
        return HealthResult.builder("background", reasons.isEmpty() ? HealthStatus.UP : HealthStatus.DOWN)
                .details(reasons)
                .build();
    }
}
