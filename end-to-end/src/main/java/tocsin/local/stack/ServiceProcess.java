package tocsin.local.stack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tocsin.local.running.Complaint;
import tocsin.testsupport.ChildProcess;

/** One of the services, as a process that can be killed and started again on the same port. One thread's business. */
public final class ServiceProcess implements AutoCloseable {

    /** A JVM that was told to write down what it does needs longer until it is ready, and again at its end. */
    private static final Duration READY_LIMIT =
            Duration.ofSeconds(Integer.getInteger("tocsin.service-ready-seconds", 90));

    private static final Duration STOP_LIMIT =
            Duration.ofSeconds(Integer.getInteger("tocsin.service-stop-seconds", 30));

    private static final Duration PAUSE = Duration.ofMillis(50);

    private final String name;
    private final int port;
    private final Path log;
    private final ChildProcess.Builder builder;
    private final Optional<StartArchive> archive;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private @Nullable ChildProcess process;

    /**
     * @param passing whether it is started to be stopped soon: then it does without the second compiler and is ready sooner
     * @param environment its configuration; secrets too, which is why it does not stand on the command line
     */
    ServiceProcess(String name, Path jar, int port, Path log, boolean passing, Map<String, String> environment) {
        if (!Files.isRegularFile(jar)) {
            throw new Complaint(jar + " is not built; ./mvnw package -DskipTests builds it");
        }
        this.name = name;
        this.port = port;
        this.log = log;
        this.builder = ChildProcess.named(name)
                .jar(jar)
                .jvmOptions(
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow")
                .output(log);
        if (passing) {
            builder.jvmOptions("-XX:TieredStopAtLevel=1");
        }
        // For whoever looks into services: options of their JVMs, {service} in them being the name of each.
        String options = System.getProperty("tocsin.service-options", "").replace("{service}", name);
        if (!options.isBlank()) {
            builder.jvmOptions(options.strip().split("\\s+"));
        }
        // Such options may speak of archives themselves.
        this.archive = passing && options.isBlank() ? Optional.of(new StartArchive(jar)) : Optional.empty();
        environment.forEach(builder::env);
        builder.env("MICRONAUT_SERVER_PORT", String.valueOf(port)).env("MICRONAUT_SERVER_HOST", "127.0.0.1");
    }

    public String name() {
        return name;
    }

    /** Where its HTTP API is. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Its output, of all its lives. */
    public Path log() {
        return log;
    }

    /** Configuration that its next start has in place of what it had. */
    public void configure(String variable, String value) {
        builder.env(variable, value);
    }

    /** Returns when the process exists. */
    public void start() {
        archive.ifPresent(it -> builder.env("JDK_JAVA_OPTIONS", it.options()));
        process = builder.start();
    }

    /** @throws Complaint if it ended, or is not ready in time */
    public void awaitReady() {
        HttpRequest request = HttpRequest.newBuilder(url().resolve("/health/readiness"))
                .timeout(Duration.ofSeconds(5))
                .build();
        long start = System.nanoTime();
        String answer = "no answer yet";
        while (System.nanoTime() - start < READY_LIMIT.toNanos()) {
            StackParts.goOn();
            if (!isAlive()) {
                throw new Complaint(name + " ended before it was ready; its output is in " + log);
            }
            try {
                HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 200) {
                    return;
                }
                answer = response.statusCode() + " " + response.body();
            } catch (IOException e) {
                answer = e.getClass().getSimpleName();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Complaint("interrupted while " + name + " was starting", e);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new Complaint(name + " was not ready after " + READY_LIMIT.toSeconds() + " s (" + answer
                + "); its output is in " + log);
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Process id, for whoever wants to look. */
    public long pid() {
        if (process == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return process.pid();
    }

    /** SIGKILL: it has no chance to tidy up. */
    public void killHard() {
        if (process != null) {
            process.killHard();
            archive.ifPresent(it -> it.keep(false));
        }
    }

    /** SIGTERM, and waits. @return whether it stopped by itself in time; else it was killed */
    public boolean stop() {
        if (process == null || !process.isAlive()) {
            return true;
        }
        boolean inGoodOrder;
        try {
            process.terminate(STOP_LIMIT);
            inGoodOrder = true;
        } catch (AssertionError _) {
            inGoodOrder = false;
        }
        boolean isWhole = inGoodOrder;
        archive.ifPresent(it -> it.keep(isWhole));
        return inGoodOrder;
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
        http.close();
    }
}
