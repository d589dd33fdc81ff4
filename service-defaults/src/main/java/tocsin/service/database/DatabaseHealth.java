package tocsin.service.database;

import io.micronaut.context.annotation.Requires;
import io.micronaut.health.HealthStatus;
import io.micronaut.jdbc.DataSourceResolver;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import javax.sql.DataSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Whether the pool gives a connection that works. Anybody may ask, so the database is asked once a second at most. */
@Singleton
@Readiness
@Requires(property = "datasources.default.url")
final class DatabaseHealth implements HealthIndicator {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration REMEMBERED = Duration.ofSeconds(1);

    private final DataSource dataSource;
    private final Mono<HealthResult> result;

    DatabaseHealth(
            DataSource dataSource,
            DataSourceResolver resolver,
            @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
        this.dataSource = resolver.resolve(dataSource);
        this.result = Mono.fromCallable(this::isReachable)
                .subscribeOn(Schedulers.fromExecutorService(blocking))
                .timeout(PATIENCE)
                .onErrorReturn(false)
                .map(up -> HealthResult.builder("database", up ? HealthStatus.UP : HealthStatus.DOWN)
                        .build())
                .cache(REMEMBERED);
    }

    private boolean isReachable() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            return connection.isValid(1);
        }
    }

    @Override
    public Publisher<HealthResult> getResult() {
        return result;
    }
}
