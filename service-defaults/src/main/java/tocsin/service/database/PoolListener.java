package tocsin.service.database;

import io.micronaut.configuration.jdbc.hikari.DatasourceConfiguration;
import io.micronaut.context.annotation.Value;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;

/** Fits the connection pool for a service, where its configuration says nothing. */
@Singleton
final class PoolListener implements BeanCreatedEventListener<DatasourceConfiguration> {

    private static final int UNSET = -1;
    private static final Duration TO_CONNECT = Duration.ofSeconds(5);

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
        pool.setConnectionTimeout(TO_CONNECT.toMillis());
        // The pool itself starts without a database: the migration is what waits for it, and says so.
        pool.setInitializationFailTimeout(UNSET);
        pool.addDataSourceProperty("reWriteBatchedInserts", "true");
        connecting(config.answerTimeout()).forEach(pool::addDataSourceProperty);
        return pool;
    }

    /**
     * Of the driver, for all connections of a service.
     *
     * @param answerTimeout at least a second
     */
    Map<String, String> connecting(Duration answerTimeout) {
        return Map.of(
                "ApplicationName",
                service,
                "connectTimeout",
                Long.toString(TO_CONNECT.toSeconds()),
                "socketTimeout",
                Long.toString(answerTimeout.toSeconds()),
                "tcpKeepAlive",
                "true",
                // PostgreSQL's detail quotes the row, and with it what people wrote; exceptions go into the log.
                "logServerErrorDetail",
                "false");
    }
}
