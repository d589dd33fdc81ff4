package tocsin.bench;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.PostgresServer;
import tocsin.testsupport.TokenIssuer;

/** The real download-tracker, from the jar that is shipped. */
final class TrackerServer implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);

    /** Figures of less say nothing: what is over so soon is only tried out. */
    private static final int SHORT = 5;

    private final TokenIssuer issuer;
    private final ChildProcess process;

    /** @param jvm that all programs of a comparison have */
    static TrackerServer withoutHistory(KafkaBroker broker, UnaryOperator<ChildProcess.Builder> jvm, Path output) {
        return new TrackerServer(broker, jvm, output, Map.of());
    }

    /** @param jvm that all programs of a comparison have */
    static TrackerServer withHistory(
            KafkaBroker broker, PostgresServer postgres, UnaryOperator<ChildProcess.Builder> jvm, Path output) {
        return new TrackerServer(
                broker,
                jvm,
                output,
                Map.of(
                        "TOCSIN_HISTORY_URL", postgres.jdbcUrl(),
                        "TOCSIN_HISTORY_USERNAME", postgres.username(),
                        "TOCSIN_HISTORY_PASSWORD", postgres.password()));
    }

    private TrackerServer(
            KafkaBroker broker, UnaryOperator<ChildProcess.Builder> jvm, Path output, Map<String, String> settings) {
        Path jar = home().resolve("download-tracker/target/download-tracker.jar");
        if (!Files.exists(jar)) {
            throw new IllegalStateException("there is no " + jar + "; build it first");
        }
        issuer = TokenIssuer.start();
        ChildProcess.Builder program = jvm.apply(
                        ChildProcess.named("download-tracker").jar(jar))
                .env("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers())
                .env("TOCSIN_SECURITY_ISSUER", issuer.issuer())
                .env("TOCSIN_SECURITY_AUDIENCE", issuer.audience())
                .env("TOCSIN_SECURITY_JWKS_URL", issuer.jwksUrl())
                .env("MICRONAUT_SERVER_HOST", "127.0.0.1")
                .env("MICRONAUT_SERVER_PORT", Integer.toString(FreePorts.one()))
                .output(output);
        settings.forEach(program::env);
        process = program.start();
        process.awaitLine(Pattern.compile("partitions\\.assigned"), START);
    }

    /** With the chart's options in the chart's memory: the tracker, and what it is compared with. */
    static ChildProcess.Builder asOperated(ChildProcess.Builder program) {
        return asOperated("downloadTracker", program);
    }

    /** @param name of the service in the chart */
    static ChildProcess.Builder asOperated(String name, ChildProcess.Builder program) {
        return program.jvmOptions(ChartOptions.of(home().resolve("deploy/helm/tocsin/values.yaml"), name)
                        .toArray(String[]::new))
                .jvmOptions("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    }

    /** The same for all others that are measured. */
    static ChildProcess.Builder jvm(ChildProcess.Builder program) {
        return program.jvmOptions(
                "-Xmx512m", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    }

    /**
     * For all that is compared in a run.
     *
     * @param seconds that each side is measured
     * @param operated for a run that says something
     */
    static UnaryOperator<ChildProcess.Builder> jvmOf(int seconds, UnaryOperator<ChildProcess.Builder> operated) {
        return seconds < SHORT ? TrackerServer::smallJvm : operated;
    }

    /** The same for all of a run that only tries whether it works: it is over before better code would pay for its making. */
    static ChildProcess.Builder smallJvm(ChildProcess.Builder program) {
        return jvm(program).jvmOptions("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    }

    /** The folder that this code was built in. */
    static Path home() {
        try {
            Path code = Path.of(TrackerServer.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return code.resolve("../../..").normalize();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("this code does not come from a file", e);
        }
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.close();
        issuer.close();
    }
}
