package tocsin.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.PostgresServer;
import tocsin.testsupport.TokenIssuer;

/**
 * The real notification-dispatcher, from the jar that is shipped, with its own settings but one: each incident has a mail of its own, for a digest takes
 * what is measured away.
 */
final class DispatcherServer implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration ONBOARDING = Duration.ofSeconds(30);

    private final TokenIssuer issuer;
    private final ChildProcess process;
    private final URI url;
    private final HttpClient http = HttpClient.newHttpClient();

    /** @param smtpPort of a mail server on 127.0.0.1 that wants no TLS */
    DispatcherServer(
            KafkaBroker broker,
            PostgresServer postgres,
            int smtpPort,
            UnaryOperator<ChildProcess.Builder> jvm,
            Path output) {
        Path jar = TrackerServer.home().resolve("notification-dispatcher/target/notification-dispatcher.jar");
        if (!Files.exists(jar)) {
            throw new IllegalStateException("there is no " + jar + "; build it first");
        }
        issuer = TokenIssuer.start();
        int port = FreePorts.one();
        url = URI.create("http://127.0.0.1:" + port);
        process = jvm.apply(ChildProcess.named("notification-dispatcher").jar(jar))
                .env("KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers())
                .env("DATASOURCES_DEFAULT_URL", postgres.jdbcUrl())
                .env("DATASOURCES_DEFAULT_USERNAME", postgres.username())
                .env("DATASOURCES_DEFAULT_PASSWORD", postgres.password())
                .env("TOCSIN_SECURITY_ISSUER", issuer.issuer())
                .env("TOCSIN_SECURITY_AUDIENCE", issuer.audience())
                .env("TOCSIN_SECURITY_JWKS_URL", issuer.jwksUrl())
                .env("TOCSIN_SMTP_HOST", "127.0.0.1")
                .env("TOCSIN_SMTP_PORT", Integer.toString(smtpPort))
                .env("TOCSIN_SMTP_FROM", "alarm@tocsin.example.com")
                .env("TOCSIN_SMTP_TLS", "NONE")
                .env("TOCSIN_CONFIRMATION_KEY", "a key of the bench that is long enough")
                .env("TOCSIN_CONFIRMATION_BASE_URL", "https://tocsin.example.com")
                .env("TOCSIN_CAMPAIGN_WINDOW", "PT0S")
                .env("MICRONAUT_SERVER_HOST", "127.0.0.1")
                .env("MICRONAUT_SERVER_PORT", Integer.toString(port))
                .output(output)
                .start();
        process.awaitLine(Pattern.compile("service\\.started"), START);
        process.awaitLine(Pattern.compile("engine\\.partitions\\.assigned"), START);
    }

    /** Without it the sender registers no endpoint of the organisation. */
    void entitle(String org) {
        call(
                "/v1/orgs/" + org + "/entitlements",
                issuer.token("admin").scope("admin").sign(),
                "{\"guard\":true,\"webhooks\":true}");
    }

    /** Has the notices of an organisation that is entitled to them sent to the endpoint, as soon as it is known here. */
    void tell(String org, String endpointId) {
        call(
                "/v1/orgs/" + org + "/breach-notifications",
                issuer.token("owner").org(org, "owner").sign(),
                "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpointId + "\"}}");
    }

    long pid() {
        return process.pid();
    }

    private void call(String path, String token, String json) {
        Pace.await("dispatcher's " + path, () -> put(path, token, json).statusCode() / 100 == 2 ? 1 : 0, 1);
    }

    private HttpResponse<String> put(String path, String token, String json) {
        try {
            return http.send(
                    HttpRequest.newBuilder(url.resolve(path))
                            .header("authorization", "Bearer " + token)
                            .header("content-type", "application/json")
                            .timeout(ONBOARDING)
                            .PUT(HttpRequest.BodyPublishers.ofString(json))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException("no answer from the dispatcher", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.close();
        http.close();
        issuer.close();
    }
}
