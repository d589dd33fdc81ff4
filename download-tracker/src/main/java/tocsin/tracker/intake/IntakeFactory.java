package tocsin.tracker.intake;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Primary;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

@Factory
final class IntakeFactory {

    /** A batch may wait for it; a registry that is slower than this is down. */
    private static final Duration DEADLINE = Duration.ofSeconds(2);

    /** How long a registry that gave no answer is left alone by what comes in: the alarm is not to wait for it again and again. */
    private static final Duration LEFT_ALONE = Duration.ofMinutes(1);

    /**
     * How long a number that got no answer is not asked for again by what waits for it. Longer than the time that comes back meanwhile pays for: a
     * number that the registry chokes on must leave some for the others.
     */
    private static final Duration LEFT_ALONE_BY_WHO_WAITS = Duration.ofSeconds(10);

    private static final String WAITING = "waiting";

    private static final Duration ABSENCE = Duration.ofSeconds(30);

    @Singleton
    @Bean(preDestroy = "close")
    @Requires(property = "tocsin.schema-registry.url")
    SchemaRegistryClient registry(SchemaRegistryConfiguration configuration) {
        return new SchemaRegistryClient(configuration, DEADLINE, ABSENCE);
    }

    @Singleton
    @Primary
    ObservationReader reader(@Nullable SchemaRegistryClient registry) {
        return registry == null ? new ObservationReader() : new ObservationReader(registry.leftAloneFor(LEFT_ALONE));
    }

    @Singleton
    @Named(WAITING)
    ObservationReader waitingReader(
            @Nullable SchemaRegistryClient registry, @Named(WAITING) WriterSchemas waitingSchemas) {
        return registry == null ? new ObservationReader() : new ObservationReader(waitingSchemas);
    }

    @Singleton
    @Named(WAITING)
    WriterSchemas waitingSchemas(@Nullable SchemaRegistryClient registry) {
        return registry == null ? WriterSchemas.NONE : registry.eachLeftAloneFor(LEFT_ALONE_BY_WHO_WAITS);
    }
}
