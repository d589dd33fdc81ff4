package tocsin.testsupport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A Kafka broker of one's own on 127.0.0.1 that can be stopped and started again on the same data and the same port. Topics are
 * never created by use. Stopping and starting are one thread's business; the rest may be called by many.
 */
public final class KafkaBroker implements AutoCloseable {

    private final ScratchDirectory directory;
    private final RunningServer server;
    private final BrokerClient client;

    private KafkaBroker(RunningServer server, ScratchDirectory directory) {
        this(server, directory, Map.of());
    }

    private KafkaBroker(RunningServer server, ScratchDirectory directory, Map<String, String> access) {
        this.directory = directory;
        this.server = server;
        this.client = new BrokerClient("127.0.0.1:" + server.port(), access);
        AtExit.close(this);
        server.start();
    }

    /** A new broker on a free port; its data goes at {@link #close()}. Runs on what {@code -Dtocsin.test.backend} names. */
    public static KafkaBroker start() {
        Backend backend = Backend.chosen();
        backend.announce("kafka");
        return switch (backend) {
            case IN_PROCESS -> inProcess(ScratchDirectory.fresh("kafka"), 0);
            case TESTCONTAINERS -> new KafkaBroker(new ContainerBroker(), ScratchDirectory.fresh("kafka"));
        };
    }

    /**
     * A broker in this JVM on a directory that is kept; one that a broker used before is taken up again.
     *
     * @param port 0 for a free one
     */
    public static KafkaBroker start(Path dataDir, int port) {
        return inProcess(ScratchDirectory.kept(dataDir), port);
    }

    /**
     * A broker in this JVM that speaks TLS only, asks every client for a certificate, or at a second address for name and password, and lets it
     * do what the ACLs say: nothing at first, but for {@link BrokerGuard#OPERATOR}, who may do everything. What this class sends and reads,
     * it does as that one.
     */
    public static KafkaBroker startGuarded(BrokerGuard guard) {
        ScratchDirectory directory = ScratchDirectory.fresh("kafka");
        return new KafkaBroker(
                new InProcessBroker(directory.path(), 0, Optional.of(guard)),
                directory,
                guard.clientSettings(BrokerGuard.OPERATOR));
    }

    private static KafkaBroker inProcess(ScratchDirectory directory, int port) {
        return new KafkaBroker(new InProcessBroker(directory.path(), port, Optional.empty()), directory);
    }

    /** {@code 127.0.0.1:port}, also while stopped. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port();
    }

    public int port() {
        return server.port();
    }

    public void createTopic(String name, int partitions) {
        createTopic(name, partitions, Map.of());
    }

    /** Does nothing if the topic is there, whatever its partitions and configuration. Returns when it can be written to. */
    public void createTopic(String name, int partitions, Map<String, String> configs) {
        client.createTopic(name, partitions, configs);
    }

    /** Returns when the broker has acknowledged the record. */
    public void send(String topic, byte[] key, byte[] value) {
        client.send(topic, key, value);
    }

    /** All that is in the topic now and was not aborted: by partition, then offset. */
    public List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        return client.readAll(topic);
    }

    /**
     * As {@link #readAll} once there are that many.
     *
     * @throws AssertionError if there are fewer when the time is up
     */
    public List<ConsumerRecord<byte[], byte[]>> awaitRecords(String topic, int atLeast, Duration limit) {
        return Await.until(
                () -> readAll(topic),
                records -> records.size() >= atLeast,
                limit,
                records -> topic + " has " + records.size() + " of " + atLeast + " records");
    }

    /** Clients see a broker that went away; the data stays. */
    public void stop() {
        server.stop();
    }

    /** Starts again on the same data and port, after {@link #stop()} or instead of it. */
    public void restart() {
        server.stop();
        server.start();
    }

    Path directory() {
        return directory.path();
    }

    @Override
    public void close() {
        AtExit.forget(this);
        client.close();
        server.stop();
        server.discard();
        directory.close();
    }
}
