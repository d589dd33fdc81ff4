package tocsin.sender.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Verifiers in Node, where Node is found: npm's reference libraries, installed once, and the check that needs no library. */
final class NodeVerifiers {

    private static final Path SOURCES = Path.of("src/test/node");
    private static final Path HOME = Path.of("target/node");
    private static final int LONGEST_MINUTES = 1;

    /** @param verifier {@code standardwebhooks}, {@code svix} or {@code takumo} */
    record Question(String verifier, String secret, Map<String, String> headers, String body) {}

    private NodeVerifiers() {}

    /** Ends the test as not made if Node or its packages are not to be had. */
    static void prepare() {
        try {
            Files.createDirectories(HOME);
            for (String file : List.of("package.json", "verify.js")) {
                Files.copy(SOURCES.resolve(file), HOME.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
            Assumptions.assumeTrue(succeeds("node", "--version"), "node is not found: its verifiers are not asked");
            boolean installed = Files.exists(HOME.resolve("node_modules/svix"))
                    && Files.exists(HOME.resolve("node_modules/standardwebhooks"));
            Assumptions.assumeTrue(
                    installed
                            || succeeds(
                                    "npm",
                                    "install",
                                    "--no-package-lock",
                                    "--ignore-scripts",
                                    "--no-audit",
                                    "--no-fund",
                                    "--fetch-retries=0"),
                    "npm cannot install the reference libraries: they are not asked");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return for each question whether its verifier accepts */
    static List<Boolean> accept(List<Question> questions) throws IOException, InterruptedException {
        Process node = new ProcessBuilder("node", "verify.js")
                .directory(HOME.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        ObjectMapper json = new ObjectMapper();
        try (var in = node.getOutputStream()) {
            in.write(json.writeValueAsString(questions).getBytes(UTF_8));
        }
        byte[] answers = node.getInputStream().readAllBytes();
        if (node.waitFor() != 0) {
            throw new IllegalStateException("node ended with " + node.exitValue());
        }
        List<Boolean> accepted = new ArrayList<>();
        json.readTree(answers).forEach(answer -> accepted.add(answer.asBoolean()));
        return accepted;
    }

    private static boolean succeeds(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(HOME.toFile())
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
