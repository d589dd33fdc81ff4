package tocsin.testsupport;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/** A KRaft node in this JVM that is broker and controller at once. */
final class InProcessBroker implements RunningServer {

    private static final int NODE_ID = 1;
    private static final String CONTROLLER = "CONTROLLER";

    private final Path directory;
    private final int port;
    private final Optional<BrokerGuard> guard;
    private @Nullable KafkaRaftServer server;

    /** @param guard of a broker that speaks TLS and asks who its clients are; empty for one that lets everybody in */
    InProcessBroker(Path directory, int port, Optional<BrokerGuard> guard) {
        this.directory = directory;
        this.guard = guard;
        this.port = FreePorts.orFree(port);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void start() {
        format();
        server = new KafkaRaftServer(new KafkaConfig(settings(controllerPort()), false), Time.SYSTEM);
        server.startup();
    }

    /** No other node ever looks for the controller, so it may be another one at each start. The clients' is free as well until then, and not for it. */
    private int controllerPort() {
        int second = guard.map(BrokerGuard::passwordPort).orElse(port);
        return Arrays.stream(FreePorts.several(3))
                .filter(free -> free != port && free != second)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void stop() {
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
            server = null;
        }
    }

    @Override
    public void discard() {}

    /** Does nothing to a directory that was formatted before: its cluster id and data stay. */
    private void format() {
        if (Files.exists(directory.resolve("meta.properties"))) {
            return;
        }
        try (PrintStream quiet = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            new Formatter()
                    .setPrintStream(quiet)
                    .setClusterId(Uuid.randomUuid().toString())
                    .setNodeId(NODE_ID)
                    .setControllerListenerName(CONTROLLER)
                    .setMetadataLogDirectory(directory.toString())
                    .setDirectories(List.of(directory.toString()))
                    .run();
        } catch (Exception e) {
            throw new IllegalStateException("cannot format " + directory + " for a broker", e);
        }
    }

    private Map<String, String> settings(int controllerPort) {
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", String.valueOf(NODE_ID));
        settings.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);
        settings.put("controller.listener.names", CONTROLLER);
        String protocol = guard.isEmpty() ? "PLAINTEXT" : "SSL";
        String clients = "CLIENTS://127.0.0.1:" + port
                + guard.map(it -> ",PASSWORDS://127.0.0.1:" + it.passwordPort()).orElse("");
        settings.put("listeners", clients + ",CONTROLLER://127.0.0.1:" + controllerPort);
        settings.put("advertised.listeners", clients);
        settings.put("inter.broker.listener.name", "CLIENTS");
        settings.put(
                "listener.security.protocol.map", "CLIENTS:" + protocol + ",PASSWORDS:SASL_SSL,CONTROLLER:" + protocol);
        settings.put("log.dirs", directory.toString());
        settings.put("metric.reporters", "");
        // A misspelt topic must fail, not appear.
        settings.put("auto.create.topics.enable", "false");

        for (String internal : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            settings.put(internal + ".replication.factor", "1");
            settings.put(internal + ".num.partitions", "4");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");

        settings.put("group.initial.rebalance.delay.ms", "0");
        // Tests that kill may ask for less than a broker allows, so as not to wait for who is dead.
        settings.put("group.min.session.timeout.ms", "1000");
        settings.put("controlled.shutdown.enable", "true");
        settings.put("log.cleaner.threads", "1");
        settings.put("log.cleaner.dedupe.buffer.size", String.valueOf(8 * 1024 * 1024));
        settings.put("log.segment.bytes", String.valueOf(32 * 1024 * 1024));
        settings.put("log.index.size.max.bytes", String.valueOf(1024 * 1024));
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        settings.put("num.recovery.threads.per.data.dir", "2");
        settings.put("delete.topic.enable", "true");
        guard.ifPresent(it -> settings.putAll(it.brokerSettings()));
        return settings;
    }
}
