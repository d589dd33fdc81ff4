package tocsin.testsupport;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A Java main that runs as a process of its own, so that it can be killed for real. What it prints goes to a file. It ends with
 * this JVM; only if this JVM itself is killed hard does it stay behind.
 */
public final class ChildProcess implements AutoCloseable {

    private static final Duration GRACE = Duration.ofSeconds(15);
    private static final int LAST_WORDS = 30;

    private final String name;
    private final Process process;
    private final OutputFile output;

    private ChildProcess(String name, Process process, OutputFile output) {
        this.name = name;
        this.process = process;
        this.output = output;
        AtExit.close(this);
    }

    /** @param name for error messages and, if no file is given, for the output's file */
    public static Builder named(String name) {
        return new Builder(name);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** Empty while it runs; 128 + signal if it was killed. */
    public OptionalInt exitCode() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /** Standard output and standard error together. */
    public Path outputFile() {
        return output.file();
    }

    /**
     * Waits until it has printed a line in which the pattern is found; lines from before the call count.
     *
     * @return the line
     * @throws AssertionError with its last words, if it ends before or the time is up
     */
    public String awaitLine(Pattern pattern, Duration limit) {
        OutputFile.Reader lines = output.read();
        List<String> hit = new ArrayList<>();
        Await.until(
                () -> {
                    // Asked before reading: what it printed at its end must not be missed.
                    boolean alive = process.isAlive();
                    lines.next()
                            .filter(line -> pattern.matcher(line).find())
                            .findFirst()
                            .ifPresent(hit::add);
                    if (hit.isEmpty() && !alive) {
                        throw new AssertionError(name + " ended with " + process.exitValue() + " before it printed "
                                + pattern + lastWords());
                    }
                    return !hit.isEmpty();
                },
                found -> found,
                limit,
                _ -> name + " did not print " + pattern + lastWords());
        return hit.getFirst();
    }

    private String lastWords() {
        return "; its last words:\n" + String.join("\n", output.last(LAST_WORDS)) + "\n";
    }

    /** SIGKILL: nothing of it runs any more when this returns, and it had no chance to tidy up. */
    public void killHard() {
        AtExit.forget(this);
        process.destroyForcibly();
        awaitEnd(GRACE);
    }

    /**
     * SIGTERM, and waits for the end.
     *
     * @return the exit code; 143 where the main did not choose another
     * @throws AssertionError if it still runs when the time is up; then it is killed
     */
    public int terminate(Duration limit) {
        process.destroy();
        if (!awaitEnd(limit)) {
            killHard();
            throw new AssertionError(name + " did not stop within " + limit + lastWords());
        }
        AtExit.forget(this);
        return process.exitValue();
    }

    /** Waits for an end of its own accord. @return the exit code @throws AssertionError if it still runs when the time is up */
    public int awaitExit(Duration limit) {
        if (!awaitEnd(limit)) {
            throw new AssertionError(name + " still runs after " + limit + lastWords());
        }
        AtExit.forget(this);
        return process.exitValue();
    }

    private boolean awaitEnd(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return !process.isAlive();
        }
    }

    /** Stops it if it runs: in an orderly way if it can be, hard if not. */
    @Override
    public void close() {
        AtExit.forget(this);
        process.destroy();
        if (!awaitEnd(GRACE)) {
            process.destroyForcibly();
            awaitEnd(GRACE);
        }
    }

    @Override
    public String toString() {
        return name + " (process " + pid() + ")";
    }

    /** How to start it; {@link #start()} may be called again for the next life of the same program. */
    public static final class Builder {

        private final String name;
        private final List<String> jvmOptions = new ArrayList<>();
        private final List<String> program = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private Path outputFile;

        private Builder(String name) {
            this.name = name;
            this.outputFile = Path.of("target", "child-processes", name + ".log");
        }

        /** A runnable jar. */
        public Builder jar(Path jar) {
            return program("-jar", jar.toString());
        }

        /** A main class from the class path of this JVM. */
        public Builder main(Class<?> main) {
            return main(main.getName(), System.getProperty("java.class.path"));
        }

        /** @param classPath as for {@code java -cp} */
        public Builder main(String mainClass, String classPath) {
            return program("-cp", classPath, mainClass);
        }

        private Builder program(String... words) {
            program.clear();
            program.addAll(List.of(words));
            return this;
        }

        public Builder jvmOptions(String... options) {
            jvmOptions.addAll(List.of(options));
            return this;
        }

        public Builder env(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        /** Settings by their keys, each as the variable that Micronaut reads it from. */
        public Builder settings(Map<String, ?> settings) {
            settings.forEach((key, value) ->
                    env(key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT), String.valueOf(value)));
            return this;
        }

        public Builder args(String... more) {
            arguments.addAll(List.of(more));
            return this;
        }

        /** {@code target/child-processes/NAME.log} unless said otherwise; each life is appended. */
        public Builder output(Path file) {
            outputFile = file;
            return this;
        }

        /** Returns when the process exists; {@link #awaitLine} tells when it is ready. */
        public ChildProcess start() {
            if (program.isEmpty()) {
                throw new IllegalStateException(name + ": neither a jar nor a main class to start");
            }
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvmOptions);
            command.addAll(program);
            command.addAll(arguments);
            try {
                Files.createDirectories(outputFile.toAbsolutePath().getParent());
                OutputFile output = OutputFile.from(outputFile);
                File file = outputFile.toFile();
                ProcessBuilder builder = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(file));
                builder.environment().putAll(environment);
                Process process = builder.start();
                process.getOutputStream().close();
                return new ChildProcess(name, process, output);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot start " + name, e);
            }
        }
    }
}
