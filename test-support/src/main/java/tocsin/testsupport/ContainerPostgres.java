package tocsin.testsupport;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * PostgreSQL's official image. Started as any container is: Testcontainers' own module for it would put a JDBC driver of its own on
 * the class path of every test, also of those that run without an engine.
 */
final class ContainerPostgres implements RunningServer {

    private static final String IMAGE = System.getProperty("tocsin.test.postgres.image", "postgres:18");
    private static final int PORT_INSIDE = 5432;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final int port = FreePorts.one();
    private final GenericContainer<?> container;

    ContainerPostgres() {
        Containers.requireEngine();
        container = new GenericContainer<>(DockerImageName.parse(IMAGE))
                .withEnv("POSTGRES_USER", PostgresServer.USERNAME)
                .withEnv("POSTGRES_PASSWORD", PostgresServer.PASSWORD)
                .withEnv("POSTGRES_DB", PostgresServer.DATABASE)
                .withExposedPorts(PORT_INSIDE);
        Containers.publish(container, PORT_INSIDE, port);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void start() {
        Containers.startOrResume(container);
        Await.until(this::answers, answered -> answered, START_LIMIT, _ -> "the PostgreSQL container does not answer");
    }

    @Override
    public void stop() {
        Containers.halt(container);
    }

    @Override
    public void discard() {
        container.stop();
    }

    private boolean answers() {
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/" + PostgresServer.DATABASE;
        try (Connection connection =
                DriverManager.getConnection(url, PostgresServer.USERNAME, PostgresServer.PASSWORD)) {
            return connection.isValid(5);
        } catch (SQLException _) {
            return false;
        }
    }
}
