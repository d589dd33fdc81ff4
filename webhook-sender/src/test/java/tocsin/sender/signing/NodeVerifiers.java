package tocsin.sender.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import tocsin.testsupport.NodeProject;

/** Verifiers in Node, where Node is found: npm's reference libraries, installed once, and the check that needs no library. */
final class NodeVerifiers {

    private final NodeProject project;

    /** @param verifier {@code standardwebhooks}, {@code svix} or {@code takumo} */
    record Question(String verifier, String secret, Map<String, String> headers, String body) {}

    private NodeVerifiers(NodeProject project) {
        this.project = project;
    }

    /** Ends the test as not made if Node or its packages are not to be had. */
    static NodeVerifiers prepare() {
        NodeProject project = NodeProject.of(Path.of("src/test/node"), Path.of("target/node"));
        project.whyNot().ifPresent(Assumptions::abort);
        return new NodeVerifiers(project);
    }

    /** @return for each question whether its verifier accepts */
    List<Boolean> accept(List<Question> questions) throws IOException, InterruptedException {
        Process node = project.node("verify.js")
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
}
