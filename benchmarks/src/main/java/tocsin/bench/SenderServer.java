package tocsin.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.LocalAuthority;
import tocsin.testsupport.PostgresServer;
import tocsin.testsupport.TokenIssuer;

/** The real webhook-sender, from the jar that is shipped, with its own settings; only its receiver is on this machine. */
final class SenderServer implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);

    private final TokenIssuer issuer;
    private final ChildProcess process;
    private final Path trustStore;
    private final int port;

    /**
     * @param settings beside those, as environment variables
     * @param jvm that all programs of a comparison have
     */
    SenderServer(
            KafkaBroker broker,
            PostgresServer postgres,
            LocalAuthority authority,
            Map<String, String> settings,
            UnaryOperator<ChildProcess.Builder> jvm,
            Path output) {
        Path jar = TrackerServer.home().resolve("webhook-sender/target/webhook-sender.jar");
        if (!Files.exists(jar)) {
            throw new IllegalStateException("there is no " + jar + "; build it first");
        }
        trustStore = trustStore(authority);
        issuer = TokenIssuer.start();
        port = FreePorts.one();
        Map<String, String> all = new HashMap<>(settings);
        all.put("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
        all.put("DATASOURCES_DEFAULT_URL", postgres.jdbcUrl());
        all.put("DATASOURCES_DEFAULT_USERNAME", postgres.username());
        all.put("DATASOURCES_DEFAULT_PASSWORD", postgres.password());
        all.put("TOCSIN_SECURITY_ISSUER", issuer.issuer());
        all.put("TOCSIN_SECURITY_AUDIENCE", issuer.audience());
        all.put("TOCSIN_SECURITY_JWKS_URL", issuer.jwksUrl());
        all.put("TOCSIN_SECRETS_KEYSET", keyset(jar));
        all.put("TOCSIN_EGRESS_ALLOW", "127.0.0.1/32");
        all.put("TOCSIN_EGRESS_TRUST_STORE", trustStore.toString());
        all.put("TOCSIN_EGRESS_TRUST_STORE_PASSWORD", LocalAuthority.STORE_PASSWORD);
        all.put("MICRONAUT_SERVER_HOST", "127.0.0.1");
        all.put("MICRONAUT_SERVER_PORT", Integer.toString(port));
        ChildProcess.Builder program =
                jvm.apply(ChildProcess.named("webhook-sender").jar(jar)).output(output);
        all.forEach(program::env);
        process = program.start();
        process.awaitLine(Pattern.compile("service\\.started"), START);
        process.awaitLine(Pattern.compile("engine\\.partitions\\.assigned"), START);
    }

    /** With the chart's options in the chart's memory: the sender, and what it is compared with. */
    static ChildProcess.Builder asOperated(ChildProcess.Builder program) {
        return TrackerServer.asOperated("webhookSender", program);
    }

    static Path trustStore(LocalAuthority authority) {
        try {
            return authority.writeTrustStore(Files.createTempFile("tocsin-bench-", ".p12"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void forget(Path trustStore) {
        try {
            Files.deleteIfExists(trustStore);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sender's own command makes it. */
    private static String keyset(Path jar) {
        try {
            Process command = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-jar",
                            jar.toString(),
                            "new-keyset")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    EndpointClient endpoints(String org) {
        return new EndpointClient(
                port, org, issuer.token("bench").org(org, "owner").sign());
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.close();
        issuer.close();
        forget(trustStore);
    }
}
