package tocsin.testsupport;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's own binaries, unpacked from a jar and run as a child process. */
final class InProcessPostgres implements RunningServer {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Path directory;
    private final int port;
    private final boolean durable;
    private final Map<String, String> settings;
    private @Nullable EmbeddedPostgres server;

    /**
     * @param durable whether data must outlive a crash of the machine, not only one of the server
     * @param settings of the server, as in {@code postgresql.conf}; what is not among them is as PostgreSQL comes
     */
    InProcessPostgres(Path directory, int port, boolean durable, Map<String, String> settings) {
        this.directory = directory;
        this.port = FreePorts.orFree(port);
        this.durable = durable;
        this.settings = Map.copyOf(settings);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void start() {
        stopLeftover();
        String toDisk = durable ? "on" : "off";
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(directory)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPort(port)
                    .setPGStartupWait(START_LIMIT)
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("fsync", toDisk)
                    .setServerConfig("full_page_writes", toDisk)
                    .setServerConfig("synchronous_commit", "on")
                    .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                    .setErrorRedirector(ProcessBuilder.Redirect.DISCARD);
            settings.forEach(builder::setServerConfig);
            server = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start PostgreSQL in " + directory + " on port " + port, e);
        }
    }

    @Override
    public void stop() {
        if (server != null) {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot stop PostgreSQL in " + directory, e);
            }
            server = null;
        }
    }

    @Override
    public void discard() {}

    /** A JVM that was killed leaves its server running on the directory; two servers on one directory would destroy it. */
    private void stopLeftover() {
        Path pidFile = directory.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        try {
            List<String> lines = Files.readAllLines(pidFile);
            if (lines.size() < 2 || !Path.of(lines.get(1)).equals(directory)) {
                return;
            }
            ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                    .filter(process -> process.info().command().orElse("").endsWith("postgres"))
                    .ifPresent(InProcessPostgres::interrupt);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + pidFile, e);
        }
    }

    /** SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for its clients to leave. */
    private static void interrupt(ProcessHandle postgres) {
        try {
            new ProcessBuilder("kill", "-INT", String.valueOf(postgres.pid())).start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot stop the PostgreSQL that was left running", e);
        }
        Await.until(
                postgres::isAlive,
                alive -> !alive,
                Duration.ofSeconds(20),
                _ -> "PostgreSQL left running as process " + postgres.pid() + " does not stop");
    }
}
