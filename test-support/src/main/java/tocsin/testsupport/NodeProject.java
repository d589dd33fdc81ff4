package tocsin.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with a {@code package.json}, copied to where it may be built, with its packages installed there once: exactly those of its lock file
 * where it has one. No script of a package is run. Where Node or the packages are not to be had, it says so in one line and can do nothing else.
 */
public final class NodeProject {

    private static final Logger LOG = LoggerFactory.getLogger(NodeProject.class);
    private static final long LONGEST_MINUTES = 2;
    private static final String LOCK = "package-lock.json";
    private static final String INSTALLED = ".installed";

    private final Path home;
    private final Optional<String> whyNot;

    private NodeProject(Path home, Optional<String> whyNot) {
        this.home = home;
        this.whyNot = whyNot;
    }

    /**
     * @param sources whose files, but no folders in it, are copied
     * @param home kept between runs; made if it is not there
     */
    public static NodeProject of(Path sources, Path home) {
        try {
            Files.createDirectories(home);
            copy(sources, home);
            Optional<String> whyNot = install(home);
            whyNot.ifPresent(why -> LOG.atInfo()
                    .addKeyValue("project", sources)
                    .addKeyValue("reason", why)
                    .log("node.not-asked"));
            return new NodeProject(home, whyNot);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return why nothing of it can be run; empty if it can */
    public Optional<String> whyNot() {
        return whyNot;
    }

    /** @return {@code node} with these arguments, to be started in the project's folder */
    public ProcessBuilder node(String... arguments) {
        List<String> command = new ArrayList<>(List.of("node"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(home.toFile());
    }

    private static void copy(Path sources, Path home) throws IOException {
        try (Stream<Path> files = Files.list(sources)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, home.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static Optional<String> install(Path home) throws IOException {
        if (!succeeds(home, "node", "--version")) {
            return Optional.of("node is not found");
        }
        if (!succeeds(home, "node", "-e", "process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)")) {
            return Optional.of("node is older than 18");
        }
        boolean locked = Files.exists(home.resolve(LOCK));
        String wanted = Files.readString(home.resolve(locked ? LOCK : "package.json"));
        Path installed = home.resolve(INSTALLED);
        if (Files.exists(installed) && Files.readString(installed).equals(wanted)) {
            return Optional.empty();
        }
        List<String> command = new ArrayList<>(locked ? List.of("npm", "ci") : List.of("npm", "install"));
        command.addAll(List.of("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"));
        if (!locked) {
            command.add("--no-package-lock");
        }
        if (!succeeds(home, command.toArray(String[]::new))) {
            return Optional.of("npm cannot install its packages");
        }
        // Only now: what was cut short is installed again.
        Files.writeString(installed, wanted);
        return Optional.empty();
    }

    private static boolean succeeds(Path home, String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                return false;
            }
            return process.exitValue() == 0;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
