package tocsin.tracker.intake;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.testsupport.TokenIssuer;
import tocsin.tracker.SharedBroker;

/** The whole service, as it starts, on topics of its own, and a client of {@code POST /v1/downloads}. */
final class RunningIntake implements AutoCloseable {

    static final String NDJSON = "application/x-ndjson";

    private static final MessageCodec<DownloadObserved> OBSERVED = MessageCodec.of(DownloadObserved.class);

    private final String prefix = UUID.randomUUID() + ".";
    private final TokenIssuer issuer = TokenIssuer.start();
    private final HttpClient http = HttpClient.newHttpClient();
    private final EmbeddedServer server;

    RunningIntake() {
        for (String topic : List.of(
                Topics.DOWNLOAD_OBSERVED.name(),
                Topics.DOWNLOAD_RECORDED.name(),
                Topics.DOWNLOAD_WAITING.name(),
                Topics.TOKEN_REGISTERED.name(),
                Topics.quarantineOf("download-tracker").name())) {
            SharedBroker.BROKER.createTopic(prefix + topic, 1);
        }
        server = ApplicationContext.run(
                EmbeddedServer.class,
                Map.of(
                        "micronaut.application.name", "download-tracker",
                        "micronaut.server.port", -1,
                        "kafka.bootstrap.servers", SharedBroker.BROKER.bootstrapServers(),
                        "kafka.topic-prefix", prefix,
                        "tocsin.security.issuer", issuer.issuer(),
                        "tocsin.security.audience", issuer.audience(),
                        "tocsin.security.jwks-url", issuer.jwksUrl()));
    }

    /** A good one that any source without requests might send. */
    static String event(String id) {
        return """
                {"event_id": "%s", "source": "http-1", "fetched_at": "2026-04-15T08:30:00Z", "ecosystem": "npm", "package_name": "event-stream", "version": "3.3.6"}""".formatted(id);
    }

    List<ConsumerRecord<byte[], byte[]>> records() {
        return SharedBroker.BROKER.readAll(prefix + Topics.DOWNLOAD_OBSERVED.name());
    }

    static DownloadObserved decoded(ConsumerRecord<byte[], byte[]> record) {
        return OBSERVED.decode(record.value());
    }

    /** Of those whose ids begin so. */
    List<DownloadObserved> stored(String idPrefix) {
        return records().stream()
                .map(RunningIntake::decoded)
                .filter(download -> download.getEventId().orElse("").startsWith(idPrefix))
                .toList();
    }

    HttpResponse<String> post(String type, String body) throws IOException, InterruptedException {
        return send(proxy("proxy"), type, body);
    }

    TokenIssuer issuer() {
        return issuer;
    }

    String proxy(String subject) {
        return issuer.token(subject).scope("proxy").sign();
    }

    HttpResponse<String> send(String bearer, String type, String body) throws IOException, InterruptedException {
        return send(bearer, type, BodyPublishers.ofString(body));
    }

    HttpResponse<String> send(String bearer, String type, BodyPublisher body) throws IOException, InterruptedException {
        URI uri = server.getURI().resolve("/v1/downloads");
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).header("content-type", type).POST(body);
        return http.send(
                (bearer.isEmpty() ? request : request.header("authorization", "Bearer " + bearer)).build(),
                BodyHandlers.ofString());
    }

    /** For who speaks HTTP by hand. */
    Socket connect() throws IOException {
        return new Socket(server.getHost(), server.getPort());
    }

    @Override
    public void close() {
        http.close();
        server.close();
        issuer.close();
    }
}
