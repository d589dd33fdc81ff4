package tocsin.tracker.intake;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.TokenIssuer;

/** The whole service, as it starts. */
class UploadControllerTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final MessageCodec<DownloadObserved> OBSERVED = MessageCodec.of(DownloadObserved.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NDJSON = "application/x-ndjson";

    private static KafkaBroker broker;
    private static TokenIssuer issuer;
    private static EmbeddedServer server;
    private static HttpClient http;

    @BeforeAll
    static void startTracker() {
        broker = KafkaBroker.start();
        for (String topic : List.of(
                Topics.DOWNLOAD_OBSERVED.name(),
                Topics.DOWNLOAD_RECORDED.name(),
                Topics.DOWNLOAD_WAITING.name(),
                Topics.TOKEN_REGISTERED.name(),
                Topics.quarantineOf("download-tracker").name())) {
            broker.createTopic(topic, 1);
        }
        issuer = TokenIssuer.start();
        server = ApplicationContext.run(
                EmbeddedServer.class,
                Map.of(
                        "micronaut.application.name", "download-tracker",
                        "micronaut.server.port", -1,
                        "kafka.bootstrap.servers", broker.bootstrapServers(),
                        "tocsin.security.issuer", issuer.issuer(),
                        "tocsin.security.audience", issuer.audience(),
                        "tocsin.security.jwks-url", issuer.jwksUrl()));
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stopTracker() {
        http.close();
        server.close();
        issuer.close();
        broker.close();
    }

    @Test
    void takesOneDownload() throws Exception {
        // When
        HttpResponse<String> answer = post("application/json", event("one-1"));

        // Then
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals("{\"accepted\":1,\"refused_count\":0,\"refused\":[]}", answer.body());
        DownloadObserved stored = stored("one-1").getFirst();
        assertEquals("http-1", stored.getSource());
        assertEquals(Optional.of("event-stream"), stored.getPackageName());
    }

    /** All of one proxy by its name would be one partition's, and one tracker's. */
    @Test
    void writesDownloadsByTheirIdsSoThatOneSourceSpreads() throws Exception {
        // When
        post(
                NDJSON,
                event("spread-1") + "\n" + event("spread-2") + "\n"
                        + event("spread-3").replaceFirst("\\{.*?,", "{"));

        // Then
        List<ConsumerRecord<byte[], byte[]>> stored = broker.readAll(Topics.DOWNLOAD_OBSERVED.name());
        for (String id : List.of("spread-1", "spread-2")) {
            ConsumerRecord<byte[], byte[]> record = stored.stream()
                    .filter(it -> OBSERVED.decode(it.value()).getEventId().equals(Optional.of(id)))
                    .findFirst()
                    .orElseThrow();
            assertEquals(id, new String(record.key(), UTF_8));
            assertEquals(
                    id,
                    new String(
                            record.headers()
                                    .lastHeader(MessageHeaders.MESSAGE_ID)
                                    .value(),
                            UTF_8));
        }
        ConsumerRecord<byte[], byte[]> nameless = stored.stream()
                .filter(it -> OBSERVED.decode(it.value()).getEventId().isEmpty())
                .findFirst()
                .orElseThrow();
        assertNull(nameless.key());
    }

    @Test
    void takesTheGoodOnesOfAnArrayAndTellsTheOthersByIndexAndReason() throws Exception {
        // When
        HttpResponse<String> answer = post(
                "application/json",
                "[" + event("many-0") + ", {\"source\": 1}, " + event("many-2") + ", {\"token\": \"npm_raw\"}]");

        // Then
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals("""
                {"accepted":2,"refused_count":2,"refused":[{"index":1,"reason":"source is no text"},\
                {"index":3,"reason":"event has a field that is called like a secret"}]}""", answer.body());
        assertEquals(2, stored("many-").size());
    }

    @Test
    void takesTensOfThousandsOfLines() throws Exception {
        // Given
        String lines =
                IntStream.range(0, 20_000).mapToObj(i -> event("line-" + i)).collect(Collectors.joining("\n"));

        // When
        HttpResponse<String> answer = post(NDJSON, lines);

        // Then
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals(20_000, JSON.readTree(answer.body()).path("accepted").asInt());
        assertEquals(20_000, stored("line-").size());
    }

    @Test
    void takesCloudEventsOneOrABatch() throws Exception {
        // Given
        String envelope = """
                {"specversion": "1.0", "type": "tocsin.download.observed", "id": "%s", "source": "http-1", "time": "2026-04-15T08:30:00Z",
                 "data": {"ecosystem": "npm", "package_name": "event-stream", "version": "3.3.6"}}""";

        // When
        HttpResponse<String> one = post("application/cloudevents+json; charset=utf-8", envelope.formatted("ce-1"));
        HttpResponse<String> batch = post(
                "application/cloudevents-batch+json",
                "[" + envelope.formatted("ce-2") + "," + envelope.formatted("ce-3") + "]");

        // Then
        assertEquals(202, one.statusCode(), one.body());
        assertEquals(202, batch.statusCode(), batch.body());
        assertEquals(3, stored("ce-").size());
    }

    @Test
    void answersOnlyAProxy() throws Exception {
        assertEquals(
                401,
                send("", "application/json", BodyPublishers.ofString(event("no")))
                        .statusCode());
        for (String scope : List.of("platform", "feed", "admin")) {
            String other =
                    issuer.token("other").scope(scope).org("acme", "owner").sign();
            assertEquals(
                    403,
                    send(other, "application/json", BodyPublishers.ofString(event("no")))
                            .statusCode());
        }
        assertEquals(List.of(), stored("no"));
    }

    @Test
    void readsNoOtherType() throws Exception {
        assertEquals(415, post("text/plain", event("plain")).statusCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``      | 400 | body: is missing",
                "[]      | 202 | {\"accepted\":0,\"refused_count\":0",
                "[       | 400 | stored before: 0",
                "[{}     | 400 | stored before: 0",
                "[GOOD   | 400 | stored before: 1",
                "[GOOD,  | 400 | stored before: 1",
                "[GOOD,7 | 400 | stored before: 1",
                "GOOD]   | 202 | {\"accepted\":0,\"refused_count\":1",
                "7 8]x[  | 202 | {\"accepted\":0,\"refused_count\":1",
                "{       | 202 | {\"accepted\":0,\"refused_count\":1",
            })
    void saysThatABodyBreaksOffAndHowMuchWasStoredBefore(String body, int status, String said) throws Exception {
        // Given
        String id = UUID.randomUUID().toString();

        // When
        HttpResponse<String> answer = post("application/json", body.replace("GOOD", event(id)));

        // Then
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains(said), answer.body());
        assertEquals(said.endsWith("before: 1") ? 1 : 0, stored(id).size());
    }

    @Test
    void refusesABodyThatIsTooLarge() throws Exception {
        // Given
        String blank = " ".repeat(1024 * 1024);
        BodyPublisher endless = BodyPublishers.ofByteArrays(
                IntStream.range(0, 70).mapToObj(_ -> blank.getBytes(US_ASCII)).toList());

        // When
        HttpResponse<String> answer = send(proxy("large"), NDJSON, endless);

        // Then
        assertEquals(413, answer.statusCode(), answer.body());
    }

    @Test
    void refusesMoreEventsThanABodyMayHave() throws Exception {
        // Given
        String lines = "{}\n".repeat(UploadController.MAX_EVENTS + 1);

        // When
        HttpResponse<String> answer = post(NDJSON, lines);

        // Then
        assertEquals(413, answer.statusCode(), answer.body());
    }

    /** Each of a caller's slow uploads keeps a place, and there is none for more of them; the neighbours' are free. */
    @Test
    void aSenderOfSlowBodiesKeepsNobodyElseOut() throws Exception {
        // Given
        List<Socket> slow = new ArrayList<>();
        String token = proxy("slow");
        for (int i = 0; i < 8; i++) {
            Socket client = new Socket(server.getHost(), server.getPort());
            client.getOutputStream()
                    .write("""
                    POST /v1/downloads HTTP/1.1\r
                    host: example.org\r
                    connection: close\r
                    content-type: %s\r
                    content-length: %d\r
                    authorization: Bearer %s\r
                    \r
                    {""".formatted(NDJSON, event("slow").length(), token).getBytes(UTF_8));
            slow.add(client);
        }
        await().atMost(LIMIT)
                .until(() -> send(token, NDJSON, BodyPublishers.ofString(event("probe")))
                                .statusCode()
                        == 429);

        // When
        HttpResponse<String> more = send(token, NDJSON, BodyPublishers.ofString(event("refused")));
        HttpResponse<String> neighbour = send(proxy("other"), NDJSON, BodyPublishers.ofString(event("neighbour")));

        // Then
        assertEquals(429, more.statusCode());
        assertEquals(Optional.of("1"), more.headers().firstValue("retry-after"));
        assertEquals(202, neighbour.statusCode(), neighbour.body());
        for (Socket client : slow) {
            client.getOutputStream().write(event("slow").substring(1).getBytes(UTF_8));
            assertTrue(new String(client.getInputStream().readAllBytes(), UTF_8).startsWith("HTTP/1.1 202"));
            client.close();
        }
        assertEquals(
                202,
                send(token, NDJSON, BodyPublishers.ofString(event("after"))).statusCode());
    }

    /** A client that dies in the middle gives its place back. */
    @Test
    void aSenderThatDiesLeavesNothingBehind() throws Exception {
        String token = proxy("dying");
        for (int i = 0; i < 20; i++) {
            // When
            try (Socket client = new Socket(server.getHost(), server.getPort())) {
                client.getOutputStream().write("""
                        POST /v1/downloads HTTP/1.1\r
                        host: example.org\r
                        content-type: %s\r
                        content-length: 1000\r
                        authorization: Bearer %s\r
                        \r
                        {""".formatted(NDJSON, token).getBytes(UTF_8));
            }
        }

        // Then
        await().atMost(LIMIT)
                .until(() -> send(token, NDJSON, BodyPublishers.ofString(event("alive")))
                                .statusCode()
                        == 202);
    }

    private static List<DownloadObserved> stored(String idPrefix) {
        return broker.readAll(Topics.DOWNLOAD_OBSERVED.name()).stream()
                .map(record -> OBSERVED.decode(record.value()))
                .filter(download -> download.getEventId().orElse("").startsWith(idPrefix))
                .toList();
    }

    private static String event(String id) {
        return """
                {"event_id": "%s", "source": "http-1", "fetched_at": "2026-04-15T08:30:00Z", "ecosystem": "npm", "package_name": "event-stream", "version": "3.3.6"}""".formatted(id);
    }

    private static HttpResponse<String> post(String type, String body) throws IOException, InterruptedException {
        return send(proxy("proxy"), type, BodyPublishers.ofString(body));
    }

    private static String proxy(String subject) {
        return issuer.token(subject).scope("proxy").sign();
    }

    private static HttpResponse<String> send(String bearer, String type, BodyPublisher body)
            throws IOException, InterruptedException {
        return http.send(request(bearer, type, body), BodyHandlers.ofString());
    }

    private static HttpRequest request(String bearer, String type, BodyPublisher body) {
        URI uri = server.getURI().resolve("/v1/downloads");
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).header("content-type", type).POST(body);
        return (bearer.isEmpty() ? request : request.header("authorization", "Bearer " + bearer)).build();
    }
}
