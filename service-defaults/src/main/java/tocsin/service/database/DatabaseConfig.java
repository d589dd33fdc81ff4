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
 * @param answerTimeout how long a statement may be without an answer, before its connection is given up: a server that is gone without a word, as after a
 *     power cut, would hold it for hours. At least a second
 * @param migrationTimeout the same of a statement of a migration, which may have a large table to rewrite. At least a second
 */
@ConfigurationProperties("tocsin.database")
public record DatabaseConfig(
        @Nullable String schema,
        @Bindable(defaultValue = "10") int maximumPoolSize,
        @Bindable(defaultValue = "PT1M") Duration patience,
        @Bindable(defaultValue = "PT2M") Duration answerTimeout,
        @Bindable(defaultValue = "PT1H") Duration migrationTimeout) {

    public DatabaseConfig {
        // Whole seconds, of which the driver takes none as for ever.
        if (answerTimeout.toSeconds() < 1 || migrationTimeout.toSeconds() < 1) {
            throw new MissingConfiguration(
                    "tocsin.database.answer-timeout and .migration-timeout must be a second at the least");
        }
    }

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
