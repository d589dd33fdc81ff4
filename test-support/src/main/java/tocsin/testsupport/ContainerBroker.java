package tocsin.testsupport;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.DockerImageName;

/** Apache Kafka's own image, with the same settings as {@link InProcessBroker} where a test could notice. */
final class ContainerBroker implements RunningServer {

    private static final String IMAGE = System.getProperty("tocsin.test.kafka.image", "apache/kafka:4.3.1");
    private static final int PORT_INSIDE = 9092;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final int port = FreePorts.one();
    private final KafkaContainer container;

    ContainerBroker() {
        Containers.requireEngine();
        container = new KafkaContainer(DockerImageName.parse(IMAGE).asCompatibleSubstituteFor("apache/kafka"))
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS", "1000")
                .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1")
                .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1");
        Containers.publish(container, PORT_INSIDE, port);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void start() {
        Containers.startOrResume(container);
        awaitAnswer();
    }

    @Override
    public void stop() {
        Containers.terminateJava(container);
        Containers.halt(container);
    }

    @Override
    public void discard() {
        container.stop();
    }

    /** After a resume Testcontainers' own wait is not run again. */
    private void awaitAnswer() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port))) {
            Await.until(
                    () -> answers(admin),
                    answered -> answered,
                    START_LIMIT,
                    _ -> "the Kafka container does not answer");
        }
    }

    private static boolean answers(Admin admin) {
        try {
            return !admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | TimeoutException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
