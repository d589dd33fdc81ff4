package tocsin.service.health;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.BeanContext;
import io.micronaut.context.annotation.Context;
import io.micronaut.health.HealthStatus;
import io.micronaut.inject.qualifiers.Qualifiers;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.annotation.Readiness;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Shows readiness among the metrics, since who watches a service asks for nothing else. Whoever reads them does not wait: each look tells what the one before found. */
@Context
final class ReadinessMetrics {

    private final BeanContext context;
    private volatile double ready = Double.NaN;

    /** @param context has the indicators, which are made when they are first asked, as what they ask is made by then */
    ReadinessMetrics(MeterRegistry registry, BeanContext context) {
        this.context = context;
        Gauge.builder("tocsin.ready", this, ReadinessMetrics::look)
                .description(
                        "1 if the instance could do its work when this was last read, as `/health/readiness` says; why not is in its log (`readiness.changed`)")
                .register(registry);
    }

    private double look() {
        Flux.defer(() -> Flux.fromIterable(
                        context.getBeansOfType(HealthIndicator.class, Qualifiers.byStereotype(Readiness.class))))
                .flatMap(HealthIndicator::getResult)
                .all(result -> HealthStatus.UP.equals(result.getStatus()))
                .onErrorReturn(false)
                .subscribeOn(Schedulers.boundedElastic())
                .subscribe(all -> ready = all ? 1 : 0);
        return ready;
    }
}
