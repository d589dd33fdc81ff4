package tocsin.tracker.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.tracker.intake.RunningIntake.NDJSON;
import static tocsin.tracker.intake.RunningIntake.event;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.List;
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
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.avro.DownloadObserved;

/** The whole service, as it starts. */
class UploadControllerTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static RunningIntake intake;

    @BeforeAll
    static void start() {
        intake = new RunningIntake();
    }

    @AfterAll
    static void stop() {
        intake.close();
    }

    @Test
    void takesOneDownload() throws Exception {
        // When
        HttpResponse<String> answer = intake.post("application/json", event("one-1"));

        // Then
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals("{\"accepted\":1,\"refused_count\":0,\"refused\":[]}", answer.body());
        DownloadObserved stored = intake.stored("one-1").getFirst();
        assertEquals("http-1", stored.getSource());
        assertEquals(Optional.of("event-stream"), stored.getPackageName());
    }

    /** All of one proxy by its name would be one partition's, and one tracker's. */
    @Test
    void writesDownloadsByTheirIdsSoThatOneSourceSpreads() throws Exception {
        // When
        intake.post(
                NDJSON,
                event("spread-1") + "\n" + event("spread-2") + "\n"
                        + event("spread-3").replaceFirst("\\{.*?,", "{"));

        // Then
        List<ConsumerRecord<byte[], byte[]>> stored = intake.records();
        for (String id : List.of("spread-1", "spread-2")) {
            ConsumerRecord<byte[], byte[]> record = stored.stream()
                    .filter(it -> RunningIntake.decoded(it).getEventId().equals(Optional.of(id)))
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
                .filter(it -> RunningIntake.decoded(it).getEventId().isEmpty())
                .findFirst()
                .orElseThrow();
        assertNull(nameless.key());
    }

    @Test
    void takesTheGoodOnesOfAnArrayAndTellsTheOthersByIndexAndReason() throws Exception {
        // When
        HttpResponse<String> answer = intake.post(
                "application/json",
                "[" + event("many-0") + ", {\"source\": 1}, " + event("many-2") + ", {\"token\": \"npm_raw\"}]");

        // Then
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals("""
                {"accepted":2,"refused_count":2,"refused":[{"index":1,"reason":"source is no text"},\
                {"index":3,"reason":"event has a field that is called like a secret"}]}""", answer.body());
        assertEquals(2, intake.stored("many-").size());
    }

    @Test
    void takesTensOfThousandsOfLines() throws Exception {
        // Given
        String lines =
                IntStream.range(0, 20_000).mapToObj(i -> event("line-" + i)).collect(Collectors.joining("\n"));

        // When
        HttpResponse<String> answer = intake.post(NDJSON, lines);

        // Then
        assertEquals(202, answer.statusCode(), answer.body());
        assertEquals(20_000, JSON.readTree(answer.body()).path("accepted").asInt());
        assertEquals(20_000, intake.stored("line-").size());
    }

    @Test
    void takesCloudEventsOneOrABatch() throws Exception {
        // Given
        String envelope = """
                {"specversion": "1.0", "type": "tocsin.download.observed", "id": "%s", "source": "http-1", "time": "2026-04-15T08:30:00Z",
                 "data": {"ecosystem": "npm", "package_name": "event-stream", "version": "3.3.6"}}""";

        // When
        HttpResponse<String> one =
                intake.post("application/cloudevents+json; charset=utf-8", envelope.formatted("ce-1"));
        HttpResponse<String> batch = intake.post(
                "application/cloudevents-batch+json",
                "[" + envelope.formatted("ce-2") + "," + envelope.formatted("ce-3") + "]");

        // Then
        assertEquals(202, one.statusCode(), one.body());
        assertEquals(202, batch.statusCode(), batch.body());
        assertEquals(3, intake.stored("ce-").size());
    }

    @Test
    void answersOnlyAProxy() throws Exception {
        assertEquals(401, intake.send("", "application/json", event("no")).statusCode());
        for (String scope : List.of("platform", "feed", "admin")) {
            String other = intake.issuer()
                    .token("other")
                    .scope(scope)
                    .org("acme", "owner")
                    .sign();
            assertEquals(
                    403, intake.send(other, "application/json", event("no")).statusCode());
        }
        assertEquals(List.of(), intake.stored("no"));
    }

    @Test
    void readsNoOtherType() throws Exception {
        assertEquals(415, intake.post("text/plain", event("plain")).statusCode());
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
        HttpResponse<String> answer = intake.post("application/json", body.replace("GOOD", event(id)));

        // Then
        assertEquals(status, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains(said), answer.body());
        assertEquals(said.endsWith("before: 1") ? 1 : 0, intake.stored(id).size());
    }
}
