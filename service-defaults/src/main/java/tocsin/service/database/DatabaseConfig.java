package tocsin.service.database;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tocsin.service.MissingConfiguration;

/**
 * The service's place in the database at {@code datasources.default.url}.
 *
 * @param schema its own; made and migrated at the start. A service with a database does not start without
 * @param maximumPoolSize connections of one instance; {@code datasources.default.maximum-pool-size} wins
 * @param patience how long a start waits for a database that is not there yet
 */
@ConfigurationProperties("tocsin.database")
public record DatabaseConfig(
        @Nullable String schema,
        @Bindable(defaultValue = "10") int maximumPoolSize,
        @Bindable(defaultValue = "PT1M") Duration patience) {

    /** @throws MissingConfiguration without one that can be written unquoted */
    String requiredSchema() {
        if (schema == null) {
            throw MissingConfiguration.of("tocsin.database.schema");
        }
        if (!schema.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new MissingConfiguration("tocsin.database.schema is no plain name");
        }
        return schema;
    }
}
