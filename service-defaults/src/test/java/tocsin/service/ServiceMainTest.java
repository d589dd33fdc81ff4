package tocsin.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tocsin.service.sample.SampleMain;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.TokenIssuer;

class ServiceMainTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private ChildProcess.Builder sample(TokenIssuer issuer) {
        return ChildProcess.named("sample")
                .main(SampleMain.class)
                .output(directory.resolve("output"))
                .jvmOptions("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
                .env("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
                .env("TOCSIN_SECURITY_ISSUER", issuer.issuer())
                .env("TOCSIN_SECURITY_AUDIENCE", issuer.audience());
    }

    @Test
    void saysInOneLineWhichSettingIsMissing() throws IOException {
        try (TokenIssuer issuer = TokenIssuer.start();
                ChildProcess process = sample(issuer).start()) {
            // When it has no key set
            int exit = process.awaitExit(LONG);
            // Then
            List<String> lines = Files.readAllLines(process.outputFile());
            List<String> errors =
                    lines.stream().filter(line -> line.contains("ERROR")).toList();
            assertEquals(1, exit);
            assertEquals(1, errors.size(), () -> String.join("\n", lines));
            assertTrue(
                    errors.getFirst()
                            .contains("tocsin.security.jwks-url is not set (environment: TOCSIN_SECURITY_JWKS_URL)"),
                    errors.getFirst());
            assertTrue(errors.getFirst().contains("\"service\":\"sample\""), errors.getFirst());
            assertTrue(lines.stream().allMatch(line -> line.startsWith("{")), () -> String.join("\n", lines));
            assertFalse(errors.getFirst().contains("\"error\""), errors.getFirst());
        }
    }

    @Test
    void logsForEyesWhenAskedTo() {
        try (TokenIssuer issuer = TokenIssuer.start();
                ChildProcess process = sample(issuer).env("TOCSIN_LOG", "plain").start()) {
            String line = process.awaitLine(Pattern.compile("service\\.not-started"), LONG);
            assertTrue(line.matches(".* ERROR sample \\[main] .*service\\.not-started reason=.*"), line);
        }
    }

    @Test
    void letsARequestRunOutWhenItIsEnded() throws IOException {
        int port = FreePorts.one();
        Path classes = directory.resolve("classes");
        try (TokenIssuer issuer = TokenIssuer.start();
                ChildProcess process = sample(issuer)
                        .env("TOCSIN_SECURITY_JWKS_URL", issuer.jwksUrl())
                        .jvmOptions("-Xlog:class+load:file=" + classes)
                        .env("MICRONAUT_SERVER_PORT", Integer.toString(port))
                        .start();
                HttpClient http = HttpClient.newHttpClient()) {
            process.awaitLine(Pattern.compile("service\\.started"), LONG);
            // Given a request under way
            HttpRequest slow = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/signed/slow"))
                    .build();
            CompletableFuture<HttpResponse<String>> answer = http.sendAsync(slow, HttpResponse.BodyHandlers.ofString());
            process.awaitLine(Pattern.compile("sample\\.slow-began"), LONG);
            // When the process is told to end, which is also what the request waits for
            int exit = process.terminate(LONG);
            // Then
            assertEquals(143, exit);
            assertEquals("done", answer.join().body());
            // And nobody pays for traces who does not want them
            assertFalse(Files.readString(classes).contains(" io.opentelemetry."), "OpenTelemetry is loaded");
        }
    }
}
