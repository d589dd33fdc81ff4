package tocsin.service.database;

import io.micronaut.configuration.jdbc.hikari.DatasourceConfiguration;
import io.micronaut.context.annotation.Value;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Brings the service's schema up to date before anybody gets the data source: {@code db/migration} of the service and, where the outbox is on,
 * {@code db/outbox} of this module. Micronaut's own Flyway module would want each service to repeat schema and locations.
 */
@Singleton
final class MigrationListener implements BeanCreatedEventListener<DataSource> {

    private final DatabaseConfig config;
    private final Provider<DatasourceConfiguration> pool;
    private final PoolListener connections;
    private final boolean outbox;

    MigrationListener(
            DatabaseConfig config,
            Provider<DatasourceConfiguration> pool,
            PoolListener connections,
            @Value("${tocsin.outbox.enabled:false}") boolean outbox) {
        this.config = config;
        this.pool = pool;
        this.connections = connections;
        this.outbox = outbox;
    }

    @Override
    public DataSource onCreated(BeanCreatedEvent<DataSource> event) {
        List<String> locations = new ArrayList<>(List.of("classpath:db/migration"));
        if (outbox) {
            locations.add("classpath:db/outbox");
        }
        DatasourceConfiguration database = pool.get();
        Flyway.configure()
                // Not of the pool: to write a large table anew takes longer than any answer may.
                .dataSource(database.getJdbcUrl(), database.getUsername(), database.getPassword())
                .jdbcProperties(connections.connecting(config.migrationTimeout()))
                .schemas(config.requiredSchema())
                .locations(locations.toArray(String[]::new))
                .validateMigrationNaming(true)
                .connectRetriesInterval(1)
                .connectRetries(Math.toIntExact(config.patience().toSeconds()))
                .load()
                .migrate();
        return event.getBean();
    }
}
