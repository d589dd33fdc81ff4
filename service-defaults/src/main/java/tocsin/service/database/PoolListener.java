package tocsin.service.database;

import io.micronaut.configuration.jdbc.hikari.DatasourceConfiguration;
import io.micronaut.context.annotation.Value;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import jakarta.inject.Singleton;

/** Fits the connection pool for a service, where its configuration says nothing. */
@Singleton
final class PoolListener implements BeanCreatedEventListener<DatasourceConfiguration> {

    private static final int UNSET = -1;

    private final DatabaseConfig config;
    private final String service;

    PoolListener(DatabaseConfig config, @Value("${micronaut.application.name}") String service) {
        this.config = config;
        this.service = service;
    }

    @Override
    public DatasourceConfiguration onCreated(BeanCreatedEvent<DatasourceConfiguration> event) {
        DatasourceConfiguration pool = event.getBean();
        pool.setSchema(config.requiredSchema());
        if (pool.getMaximumPoolSize() == UNSET) {
            pool.setMaximumPoolSize(config.maximumPoolSize());
        }
        // A request that cannot get a connection soon is better told so; the default is half a minute.
        pool.setConnectionTimeout(5_000);
        // The pool itself starts without a database: the migration is what waits for it, and says so.
        pool.setInitializationFailTimeout(UNSET);
        pool.addDataSourceProperty("ApplicationName", service);
        pool.addDataSourceProperty("reWriteBatchedInserts", "true");
        pool.addDataSourceProperty("tcpKeepAlive", "true");
        // PostgreSQL's detail quotes the row, and with it what people wrote; exceptions go into the log.
        pool.addDataSourceProperty("logServerErrorDetail", "false");
        return pool;
    }
}
