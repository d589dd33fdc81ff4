package tocsin.tracker.intake;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Topics;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.TokenIssuer;

class ClaimsNothingWhileTheBrokerIsAwayTest {

    private static final String EVENT = """
            {"event_id": "away-1", "source": "http-1", "fetched_at": "2026-04-15T08:30:00Z", "ecosystem": "npm", "package_name": "event-stream", "version": "3.3.6"}""";

    @Test
    void answersThatItIsUnavailableAndWhenToComeBack() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start();
                TokenIssuer issuer = TokenIssuer.start()) {
            for (String topic : List.of(
                    Topics.DOWNLOAD_OBSERVED.name(),
                    Topics.DOWNLOAD_RECORDED.name(),
                    Topics.DOWNLOAD_WAITING.name(),
                    Topics.TOKEN_REGISTERED.name(),
                    Topics.quarantineOf("download-tracker").name())) {
                broker.createTopic(topic, 1);
            }
            try (EmbeddedServer server = ApplicationContext.run(
                            EmbeddedServer.class,
                            Map.of(
                                    "micronaut.application.name", "download-tracker",
                                    "micronaut.server.port", -1,
                                    "kafka.bootstrap.servers", broker.bootstrapServers(),
                                    "tocsin.security.issuer", issuer.issuer(),
                                    "tocsin.security.audience", issuer.audience(),
                                    "tocsin.security.jwks-url", issuer.jwksUrl()));
                    HttpClient http = HttpClient.newHttpClient()) {
                HttpRequest request = HttpRequest.newBuilder(server.getURI().resolve("/v1/downloads"))
                        .header("content-type", "application/json")
                        .header(
                                "authorization",
                                "Bearer " + issuer.token("proxy").scope("proxy").sign())
                        .POST(BodyPublishers.ofString(EVENT))
                        .build();
                assertEquals(202, send(http, request).statusCode());

                // When
                broker.stop();
                HttpResponse<String> away = send(http, request);
                broker.restart();

                // Then
                assertEquals(503, away.statusCode(), away.body());
                assertEquals(Optional.of("5"), away.headers().firstValue("retry-after"));
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> send(http, request).statusCode() == 202);
            }
        }
    }

    private static HttpResponse<String> send(HttpClient http, HttpRequest request)
            throws IOException, InterruptedException {
        return http.send(request, BodyHandlers.ofString());
    }
}
