package tocsin.service.tracing;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;

@Factory
final class TracingFactory {

    /** OpenTelemetry's classes are loaded here and only where they are asked for: nobody pays for what he does not use. */
    @Singleton
    @Bean(preDestroy = "close")
    Tracing tracing(
            TracingConfig config, @Value("${micronaut.application.name}") String service, MeterRegistry registry) {
        return config.isOn() ? SpanPublisher.of(config, service, registry) : Tracing.off();
    }
}
