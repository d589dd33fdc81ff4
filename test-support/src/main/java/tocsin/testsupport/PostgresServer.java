package tocsin.testsupport;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL of one's own on 127.0.0.1 that can be stopped and started again on the same data and the same port. Its one user
 * is a superuser. Stopping and starting are one thread's business; the rest may be called by many.
 */
public final class PostgresServer implements AutoCloseable {

    static final String USERNAME = "postgres";
    static final String PASSWORD = "postgres";
    static final String DATABASE = "postgres";

    /** As the guide for operations has it: memory for what is written of late, and no checkpoint for every gigabyte of that. */
    private static final Map<String, String> OPERATED = Map.of("shared_buffers", "1536MB", "max_wal_size", "4GB");

    private final ScratchDirectory directory;
    private final RunningServer server;

    private PostgresServer(RunningServer server, ScratchDirectory directory) {
        this.directory = directory;
        this.server = server;
        AtExit.close(this);
        server.start();
    }

    /** A new server on a free port; its data goes at {@link #close()}. Runs on what {@code -Dtocsin.test.backend} names. */
    public static PostgresServer start() {
        Backend backend = Backend.chosen();
        backend.announce("postgresql");
        return switch (backend) {
            case IN_PROCESS -> inProcess(ScratchDirectory.fresh("postgres"), 0);
            case TESTCONTAINERS -> new PostgresServer(new ContainerPostgres(), ScratchDirectory.fresh("postgres"));
        };
    }

    /**
     * As {@link #start()}, but as in production: what is committed is on the disk, and where it is no container the server has more memory than it comes with.
     * For measurements: tests can do without and are faster.
     */
    public static PostgresServer startDurable() {
        return switch (Backend.chosen()) {
            case IN_PROCESS -> {
                ScratchDirectory directory = ScratchDirectory.fresh("postgres");
                yield new PostgresServer(new InProcessPostgres(directory.path(), 0, true, OPERATED), directory);
            }
            case TESTCONTAINERS -> start();
        };
    }

    /**
     * A server on a directory that is kept; one that a server used before is taken up again.
     *
     * @param port 0 for a free one
     */
    public static PostgresServer start(Path dataDir, int port) {
        return inProcess(ScratchDirectory.kept(dataDir), port);
    }

    private static PostgresServer inProcess(ScratchDirectory directory, int port) {
        return new PostgresServer(
                new InProcessPostgres(directory.path(), port, !directory.ours(), Map.of()), directory);
    }

    /** Of the database that is always there. */
    public String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
    }

    public int port() {
        return server.port();
    }

    public String username() {
        return USERNAME;
    }

    public String password() {
        return PASSWORD;
    }

    /** Does nothing if it is there. @return its {@link #jdbcUrl(String)} */
    public String createDatabase(String name) {
        try (Connection connection = dataSource().getConnection()) {
            if (!exists(name, connection)) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("create database " + quoted(name));
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("cannot create the database " + name, e);
        }
        return jdbcUrl(name);
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    private static boolean exists(String database, Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("select 1 from pg_database where datname = ?")) {
            query.setString(1, database);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** Not pooled: each connection is new, so a test sees a restart as a service does. */
    public DataSource dataSource() {
        return dataSource(DATABASE);
    }

    public DataSource dataSource(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(jdbcUrl(database));
        source.setUser(USERNAME);
        source.setPassword(PASSWORD);
        return source;
    }

    /** Does now what the server would do some time later, in the midst of what is measured: removes dead rows and writes all that is changed to its files. */
    public void vacuumAndCheckpoint() {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("vacuum analyze");
            statement.execute("checkpoint");
        } catch (SQLException e) {
            throw new IllegalStateException("cannot tidy up " + jdbcUrl(), e);
        }
    }

    /** Fast: open connections are cut, their transactions rolled back; what was committed stays. */
    public void stop() {
        server.stop();
    }

    /** Starts again on the same data and port, after {@link #stop()} or instead of it. */
    public void restart() {
        server.stop();
        server.start();
    }

    @Override
    public void close() {
        AtExit.forget(this);
        server.stop();
        server.discard();
        directory.close();
    }
}
