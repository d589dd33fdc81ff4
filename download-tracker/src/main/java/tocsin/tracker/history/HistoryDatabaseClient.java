package tocsin.tracker.history;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * The history's own place in PostgreSQL. Made without a connection, so that the service starts whether the database is there or not; the schema is
 * migrated before the first transaction. Safe for use by many threads.
 */
final class HistoryDatabaseClient implements AutoCloseable {

    private static final Duration TO_CONNECT = Duration.ofSeconds(5);
    /** A database that took a statement and never answers must not hold the consumer beyond its poll interval. */
    private static final Duration TO_ANSWER = Duration.ofSeconds(60);

    /** A database that is there ends a statement by itself when its time is up; only of one that is not the connection does. */
    private static final Duration TO_SAY_SO = Duration.ofSeconds(10);

    private static final String CANNOT_CONNECT_NOW = "57P03";

    private final HikariDataSource pool;
    private final HistoryConfig config;
    private final ReentrantLock migrating = new ReentrantLock();
    private volatile boolean migrated;

    HistoryDatabaseClient(HistoryConfig config) {
        this.config = config;
        HikariConfig settings = new HikariConfig();
        settings.setPoolName("history");
        settings.setJdbcUrl(config.requiredUrl());
        settings.setUsername(config.username());
        settings.setPassword(config.password());
        settings.setSchema(config.schema());
        settings.setMaximumPoolSize(config.maximumPoolSize());
        settings.setMinimumIdle(1);
        settings.setConnectionTimeout(TO_CONNECT.toMillis());
        settings.setInitializationFailTimeout(-1);
        settings.addDataSourceProperty("ApplicationName", "download-tracker");
        settings.addDataSourceProperty("connectTimeout", TO_CONNECT.toSeconds());
        settings.addDataSourceProperty("socketTimeout", TO_ANSWER.toSeconds());
        settings.addDataSourceProperty("tcpKeepAlive", "true");
        // PostgreSQL's detail quotes the row, and with it who fetched; exceptions go into the log.
        settings.addDataSourceProperty("logServerErrorDetail", "false");
        pool = new HikariDataSource(settings);
    }

    /** What somebody does with a connection that they must neither commit nor close. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        T run(Connection connection) throws SQLException;
    }

    /**
     * Commits when the work returns, rolls back when it throws.
     *
     * @throws SQLException also if the database is away or cannot be migrated
     */
    <T extends @Nullable Object> T inTransaction(Work<T> work) throws SQLException {
        migrate();
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                rollback(connection, e);
                throw e;
            }
        }
    }

    private static void rollback(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private void migrate() throws SQLException {
        if (migrated) {
            return;
        }
        lockForMigration();
        try {
            if (!migrated) {
                Flyway.configure()
                        // Not of the pool: an index over a large history takes longer than any answer may.
                        .dataSource(config.requiredUrl(), config.username(), config.password())
                        .jdbcProperties(migrating(config.migrationTimeout()))
                        .schemas(config.schema())
                        .locations("classpath:db/history")
                        .validateMigrationNaming(true)
                        .load()
                        .migrate();
                migrated = true;
            }
        } catch (FlywayException e) {
            throw new SQLException("the history's schema cannot be brought up to date", e);
        } finally {
            migrating.unlock();
        }
    }

    private static Map<String, String> migrating(Duration limit) {
        return Map.of(
                "ApplicationName",
                "download-tracker",
                "connectTimeout",
                Long.toString(TO_CONNECT.toSeconds()),
                "socketTimeout",
                Long.toString(limit.plus(TO_SAY_SO).toSeconds()),
                "options",
                "-c statement_timeout=" + limit.toMillis(),
                "tcpKeepAlive",
                "true",
                "logServerErrorDetail",
                "false");
    }

    /** Who only asks does not wait for an index to be built. */
    private void lockForMigration() throws SQLException {
        try {
            if (!migrating.tryLock(TO_CONNECT.toSeconds(), TimeUnit.SECONDS)) {
                throw new SQLException("the history's schema is being brought up to date", CANNOT_CONNECT_NOW);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", CANNOT_CONNECT_NOW, e);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
