package tocsin.tracker.intake;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

@Factory
final class IntakeFactory {

    /** A batch names few schemas; a registry that is slower than this is down. */
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private static final Duration ABSENCE = Duration.ofSeconds(30);

    @Singleton
    @Bean(preDestroy = "close")
    @Requires(property = "tocsin.schema-registry.url")
    SchemaRegistryClient registry(SchemaRegistryConfiguration configuration) {
        return new SchemaRegistryClient(configuration, DEADLINE, ABSENCE);
    }

    @Singleton
    ObservationReader reader(@Nullable SchemaRegistryClient registry) {
        return registry == null ? new ObservationReader() : new ObservationReader(registry);
    }
}
