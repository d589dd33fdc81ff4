package tocsin.tracker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.testsupport.KafkaBroker;
import tocsin.testsupport.PostgresServer;
import tocsin.testsupport.TokenIssuer;

/** The process that does a backfill is killed hard, and whoever comes next goes on with it: nothing is missing, and little is repeated. */
class KilledBackfillGoesOnTest {

    private static final int ROWS = 2_000;
    private static final int ROWS_PER_SECOND = 600;
    private static final int PAGE = ROWS_PER_SECOND / 4;
    private static final int KILLS = 2;

    private static KafkaBroker broker;
    private static TokenIssuer issuer;
    private static PostgresServer postgres;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
        issuer = TokenIssuer.start();
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
        issuer.close();
        postgres.close();
    }

    @Test
    void goesOnWhereItWas() throws Exception {
        try (TrackerProcess tracker = new TrackerProcess(
                        broker,
                        issuer,
                        "backfill.",
                        true,
                        Map.of(
                                "TOCSIN_HISTORY_URL", postgres.jdbcUrl(),
                                "TOCSIN_HISTORY_USERNAME", postgres.username(),
                                "TOCSIN_HISTORY_PASSWORD", postgres.password(),
                                "TOCSIN_HISTORY_RETENTION_DAYS", "3660"));
                HttpClient http = HttpClient.newHttpClient()) {
            // Given a history
            for (int i = 0; i < ROWS; i++) {
                tracker.observe(Samples.observed().setEventId("event-" + i));
            }
            tracker.flush();
            await().atMost(TrackerProcess.LONG).until(() -> tracker.recordedRecords() >= ROWS);
            await().atMost(TrackerProcess.LONG).ignoreExceptions().until(() -> rows() == ROWS);
            int before = tracker.recordedRecords();
            String id = id(ask(
                    http,
                    tracker,
                    "POST",
                    "/v1/backfills",
                    "{\"since\":\"2000-01-01T00:00:00Z\",\"rows_per_second\":" + ROWS_PER_SECOND + "}"));

            for (int kill = 1; kill <= KILLS; kill++) {
                // When it dies in the middle
                int enough = before + kill * ROWS / 4;
                await().atMost(TrackerProcess.LONG).until(() -> tracker.recordedRecords() >= enough);
                tracker.killAndStartAgain();
            }

            // Then
            await().atMost(TrackerProcess.LONG)
                    .ignoreExceptions()
                    .until(() ->
                            ask(http, tracker, "GET", "/v1/backfills/" + id, "").contains("\"state\":\"done\""));
            Map<String, Long> repeats = repeats(tracker, before);
            assertEquals(ROWS, repeats.size());
            long more = repeats.values().stream().mapToLong(Long::longValue).sum() - ROWS;
            assertTrue(more <= KILLS * PAGE, more + " more than once");
            assertTrue(ask(http, tracker, "GET", "/v1/backfills/" + id, "").contains("\"published_rows\":" + ROWS));
            assertEquals(ROWS, rows());
        }
    }

    private static int rows() throws Exception {
        try (var connection = postgres.dataSource().getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select count(*) from download_tracker.download")) {
            row.next();
            return row.getInt(1);
        }
    }

    /** How often each download is in the topic, the first time not counted. */
    private static Map<String, Long> repeats(TrackerProcess tracker, int before) {
        MessageCodec<DownloadRecorded> codec = MessageCodec.of(DownloadRecorded.class);
        List<ConsumerRecord<byte[], byte[]>> records = tracker.records(Topics.DOWNLOAD_RECORDED);
        Map<String, Long> repeats = new HashMap<>(records.stream()
                .map(record -> codec.decode(record.value()).getEventId())
                .collect(Collectors.groupingBy(id -> id, Collectors.counting())));
        repeats.replaceAll((_, count) -> count - 1);
        repeats.values().removeIf(count -> count == 0);
        assertEquals(
                records.size() - before,
                repeats.values().stream().mapToLong(Long::longValue).sum());
        return repeats;
    }

    private static String ask(HttpClient http, TrackerProcess tracker, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(tracker.url().resolve(path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .header("content-type", "application/json")
                        .header(
                                "authorization",
                                "Bearer "
                                        + issuer.token("operator")
                                                .scope("admin")
                                                .sign())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(2, answer.statusCode() / 100, answer.body());
        return answer.body();
    }

    private static String id(String body) {
        Matcher id = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(body);
        assertTrue(id.find(), body);
        return id.group(1);
    }
}
