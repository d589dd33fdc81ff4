package tocsin.service.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.time.Clock;

@Factory
final class KafkaFactory {

    @Singleton
    @Bean(preDestroy = "close")
    Quarantine quarantine(
            KafkaClients clients,
            @Value("${micronaut.application.name}") String service,
            Clock clock,
            MeterRegistry registry) {
        return new Quarantine(clients, service, clock, registry);
    }
}
