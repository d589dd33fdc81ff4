package tocsin.service.health;

import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Ready when every {@link ReadinessSource} is. Who asks from outside gets no reasons; the log has them, once per change. */
@Singleton
@Readiness
final class ReadinessHealth implements HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(ReadinessHealth.class);

    private final List<ReadinessSource> sources;
    private final AtomicReference<Map<String, String>> last = new AtomicReference<>(Map.of());

    ReadinessHealth(List<ReadinessSource> sources) {
        this.sources = List.copyOf(sources);
    }

    @Override
    public Publisher<HealthResult> getResult() {
        return Mono.fromSupplier(this::now);
    }

    private HealthResult now() {
        Map<String, String> reasons = new TreeMap<>();
        for (ReadinessSource source : sources) {
            source.whyNotReady().ifPresent(reason -> reasons.put(source.readinessName(), reason));
        }
        if (!reasons.equals(last.getAndSet(reasons))) {
            LOG.atInfo()
                    .addKeyValue("ready", reasons.isEmpty())
                    .addKeyValue("reasons", reasons)
                    .log("readiness.changed");
        }
        return HealthResult.builder("work", reasons.isEmpty() ? HealthStatus.UP : HealthStatus.DOWN)
                .details(reasons)
                .build();
    }
}
