package tocsin.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.TokenIssuer;

/** The real advisory-matcher, from the jar that is shipped, with its own settings and a state of its own, which goes with it. */
final class MatcherServer implements AutoCloseable {

    /** As the matcher calls it. */
    static final String GROUP = "advisory-matcher";

    private static final String CHART_NAME = "advisoryMatcher";
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final TokenIssuer issuer;
    private final ChildProcess process;
    private final Path state;

    /** @param jvm that all programs of a comparison have */
    MatcherServer(KafkaBroker broker, UnaryOperator<ChildProcess.Builder> jvm, Path output) {
        Path jar = TrackerServer.home().resolve("advisory-matcher/target/advisory-matcher.jar");
        if (!Files.exists(jar)) {
            throw new IllegalStateException("there is no " + jar + "; build it first");
        }
        try {
            state = Files.createTempDirectory("tocsin-bench-state-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        issuer = TokenIssuer.start();
        process = jvm.apply(ChildProcess.named("advisory-matcher").jar(jar))
                .env("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers())
                .env("TOCSIN_MATCHER_STATE_DIR", state.toString())
                .env("TOCSIN_SECURITY_ISSUER", issuer.issuer())
                .env("TOCSIN_SECURITY_AUDIENCE", issuer.audience())
                .env("TOCSIN_SECURITY_JWKS_URL", issuer.jwksUrl())
                .env("MICRONAUT_SERVER_HOST", "127.0.0.1")
                .env("MICRONAUT_SERVER_PORT", Integer.toString(FreePorts.one()))
                .output(output)
                .start();
        process.awaitLine(Pattern.compile("\"state\":\"RUNNING\""), LIMIT);
    }

    /** With the chart's options in the chart's memory, RocksDB's among it. */
    static ChildProcess.Builder asOperated(ChildProcess.Builder program) {
        return TrackerServer.asOperated(CHART_NAME, program)
                .env(
                        "TOCSIN_MATCHER_ROCKSDB_MEMORY",
                        ChartOptions.value(
                                TrackerServer.home().resolve("deploy/helm/tocsin/values.yaml"),
                                CHART_NAME,
                                "rocksdbMemory"));
    }

    long pid() {
        return process.pid();
    }

    /** Stops it in good order, so that all of its state is in files, and counts their bytes. */
    long stopAndWeigh() {
        process.terminate(LIMIT);
        try (Stream<Path> files = Files.walk(state)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(MatcherServer::size)
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (NoSuchFileException _) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
        issuer.close();
        try (Stream<Path> files = Files.walk(state)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
