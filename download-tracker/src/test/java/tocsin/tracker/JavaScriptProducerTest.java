package tocsin.tracker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topic;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadObserved;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.NodeProject;
import tocsin.testsupport.TokenIssuer;

/** The example producer in {@code deploy/examples}: without a jar of ours, and with the same bytes. */
class JavaScriptProducerTest {

    private static final Path EXAMPLE = Path.of("../deploy/examples/javascript-producer");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static NodeProject installed() {
        NodeProject project = NodeProject.of(EXAMPLE, Path.of("target/javascript-producer"));
        project.whyNot().ifPresent(Assumptions::abort);
        return project;
    }

    /** It stands beside the program so that the folder can be copied. */
    @Test
    void itsSchemaIsTheReleasedOne() throws IOException {
        Path released = Path.of("../schemas/released");
        String newest = Files.readAllLines(released.resolve("index.txt")).stream()
                .filter(file -> file.endsWith("/DownloadObserved.avsc"))
                .reduce((_, later) -> later)
                .orElseThrow();

        assertEquals(
                Files.readString(released.resolve(newest)), Files.readString(EXAMPLE.resolve("DownloadObserved.avsc")));
        String prefix = MessageCodec.of(DownloadObserved.class).prefixHex();
        for (String file : List.of("download.js", "README.md")) {
            assertTrue(Files.readString(EXAMPLE.resolve(file)).contains(prefix), file);
        }
    }

    @Test
    void itsLockFileNamesDigestsAndNoPlaceToFetchFrom() throws IOException {
        String lock = Files.readString(EXAMPLE.resolve("package-lock.json"));

        assertEquals(2, lock.split("\"integrity\": \"sha512-", -1).length - 1);
        assertFalse(lock.contains("\"resolved\"") || lock.contains("://"), lock);
    }

    @Test
    void makesTheGoldenBytes() throws Exception {
        // Given
        ProcessBuilder tests = installed().node("--test");
        tests.environment()
                .put(
                        "GOLDEN",
                        Path.of("../schemas/golden/DownloadObserved.json")
                                .toRealPath()
                                .toString());

        // When
        Process node = tests.redirectErrorStream(true).start();

        // Then
        String said = new String(node.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, node.waitFor(), said);
    }

    @Test
    void itsDownloadsAreRecorded() throws Exception {
        // Given
        NodeProject project = installed();
        String prefix = "js.";
        try (KafkaBroker broker = KafkaBroker.start();
                TokenIssuer issuer = TokenIssuer.start()) {
            for (Topic topic : List.of(
                    Topics.DOWNLOAD_OBSERVED,
                    Topics.DOWNLOAD_WAITING,
                    Topics.DOWNLOAD_RECORDED,
                    Topics.TOKEN_REGISTERED,
                    Topics.quarantineOf("download-tracker"))) {
                broker.createTopic(prefix + topic.name(), 1, topic.config());
            }
            try (EmbeddedServer _ = tracker(broker, issuer, prefix)) {
                // When
                ProcessBuilder produce = project.node("produce.js");
                produce.environment()
                        .putAll(Map.of("KAFKA_BROKERS", broker.bootstrapServers(), "TOPIC_PREFIX", prefix));
                Process node = produce.redirectErrorStream(true).start();
                try (var in = node.getOutputStream()) {
                    in.write("""
                            {"event_id": "req-1", "source": "proxy-eu", "fetched_at": "2026-04-15T08:30:00Z", "ecosystem": "npm", "package_name": "@types/node", "version": "20.1.0", "org_id": "acme", "principal": {"type": "ci_cd", "id": "bot-1", "name": "deploy", "repository": "acme/shop"}}
                            {"event_id": "req-2", "token": "npm_secret"}
                            no JSON, npm_secret

                            {"source": "proxy-eu", "source_kind": "verdaccio", "fetched_at": 1776241800000, "request": {"method": "GET", "path": "/event-stream/-/event-stream-3.3.6.tgz", "status": 200, "bytes": 40531}, "org_id": "acme", "principal": {"type": "human", "id": "jane"}}
                            """.getBytes(UTF_8));
                }
                String said = new String(node.getInputStream().readAllBytes(), UTF_8);

                // Then
                assertEquals(1, node.waitFor(), said);
                assertEquals("""
                        line 2: DownloadObserved has no field of one of the names given
                        line 3: no JSON
                        sent 2, refused 2
                        """, said);
                Map<String, DownloadRecorded> recorded =
                        broker.awaitRecords(prefix + Topics.DOWNLOAD_RECORDED.name(), 2, LIMIT).stream()
                                .map(record ->
                                        MessageCodec.of(DownloadRecorded.class).decode(record.value()))
                                .collect(Collectors.toMap(DownloadRecorded::getPackageName, Function.identity()));
                DownloadRecorded named = Objects.requireNonNull(recorded.get("@types/node"));
                assertEquals("org:acme", named.getAudience());
                assertEquals("20.1.0", named.getVersion());
                assertEquals(Samples.FETCHED_AT, named.getFetchedAt());
                assertEquals(Samples.ci(), named.getPrincipal());
                assertEquals(
                        "3.3.6",
                        Objects.requireNonNull(recorded.get("event-stream")).getVersion());
                assertEquals(
                        List.of(),
                        broker.readAll(
                                prefix + Topics.quarantineOf("download-tracker").name()));
                List<ConsumerRecord<byte[], byte[]>> observed =
                        broker.readAll(prefix + Topics.DOWNLOAD_OBSERVED.name());
                assertEquals("req-1", new String(observed.getFirst().key(), UTF_8));
                assertEquals(
                        "req-1",
                        new String(
                                observed.getFirst()
                                        .headers()
                                        .lastHeader(MessageHeaders.MESSAGE_ID)
                                        .value(),
                                UTF_8));
                assertNull(observed.getLast().key());
            }
        }
    }

    private static EmbeddedServer tracker(KafkaBroker broker, TokenIssuer issuer, String prefix) {
        return ApplicationContext.run(
                EmbeddedServer.class,
                Map.of(
                        "micronaut.application.name", "download-tracker",
                        "micronaut.server.port", -1,
                        "kafka.bootstrap.servers", broker.bootstrapServers(),
                        "kafka.topic-prefix", prefix,
                        "tocsin.security.issuer", issuer.issuer(),
                        "tocsin.security.audience", issuer.audience(),
                        "tocsin.security.jwks-url", issuer.jwksUrl()));
    }
}
