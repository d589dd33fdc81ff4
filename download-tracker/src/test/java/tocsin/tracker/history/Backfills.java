package tocsin.tracker.history;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.tracker.history.RunningTracker.LIMIT;
import static tocsin.tracker.history.RunningTracker.admin;
import static tocsin.tracker.history.RunningTracker.download;

import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.testsupport.PostgresServer;

/** Backfills of a running tracker, and what they publish. */
final class Backfills implements AutoCloseable {

    static final String TOKEN = "ab".repeat(32);
    static final String RECORDED = "download.recorded";
    static final String ALL = "{'since':'1970-01-01T00:00:00Z'}";
    static final MessageCodec<DownloadRecorded> CODEC = MessageCodec.of(DownloadRecorded.class);

    final RunningTracker tracker;
    final Instant now;

    Backfills(PostgresServer postgres) {
        tracker = new RunningTracker(postgres, Map.of("tocsin.history.retention-days", 30));
        tracker.start();
        now = tracker.now();
    }

    static Principal human(String id) {
        return Principal.newBuilder()
                .setType(PrincipalType.HUMAN)
                .setId(id)
                .setName("A Person")
                .setEmail("person@example.com")
                .build();
    }

    void recordMany(int rows) {
        recordMany(rows, download -> download);
    }

    /** Fetched an hour ago, each with its number in its id. */
    void recordMany(int rows, Function<DownloadRecorded.Builder, DownloadRecorded.Builder> changed) {
        recordMany(rows, now.minusSeconds(3_600), changed);
    }

    /** @param fetchedAt of all of them */
    void recordMany(int rows, Instant fetchedAt, Function<DownloadRecorded.Builder, DownloadRecorded.Builder> changed) {
        for (int i = 0; i < rows; i++) {
            tracker.record(changed.apply(download(i, fetchedAt)));
        }
        tracker.flush();
        tracker.awaitRows(rows);
    }

    HttpResponse<String> post(String body) {
        return tracker.send("POST", "/v1/backfills", admin(), body.replace('\'', '"'));
    }

    /** @return its id */
    String start(String body) {
        HttpResponse<String> answer = post(body);
        assertEquals(202, answer.statusCode(), answer.body());
        return id(answer.body());
    }

    HttpResponse<String> cancel(String id) {
        return tracker.send("DELETE", "/v1/backfills/" + id, admin(), "");
    }

    String shown(String id) {
        return tracker.get("/v1/backfills/" + id, admin()).body();
    }

    String awaitEnd(String id) {
        await().atMost(LIMIT).until(() -> !shown(id).contains("\"state\":\"running\""));
        return shown(id);
    }

    /** From then on the service itself does none: the test does them page by page. */
    BackfillPageRepository byHand() {
        tracker.bean(BackfillProcessor.class).close();
        return new BackfillPageRepository(tracker.bean(HistoryDatabaseClient.class));
    }

    /** To the brokers, as the service does it. */
    BackfillPageRepository.Sending toTheTopic() {
        return tracker.bean(BackfillPublisher.class)::publish;
    }

    static void stepUntilSent(BackfillPageRepository pages, BackfillPageRepository.Sending sending) {
        await().atMost(LIMIT).until(() -> pages.step(sending).rows() > 0);
    }

    static void stepUntilDone(BackfillPageRepository pages, BackfillPageRepository.Sending sending) {
        await().atMost(LIMIT).until(() -> pages.step(sending).done().isPresent());
    }

    void erase(String body) {
        String id = id(tracker.send("POST", "/v1/privacy/erasures", admin(), body.replace('\'', '"'))
                .body());
        await().atMost(LIMIT)
                .until(() -> tracker.get("/v1/privacy/erasures/" + id, admin())
                        .body()
                        .contains("\"state\":\"done\""));
    }

    /** @throws IllegalStateException if the database does not take it */
    void remember(Erasure erasure) {
        try {
            tracker.bean(ErasureRepository.class).remember(erasure);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What came behind the first so many records of all partitions, by the time that the broker was given it. */
    List<DownloadRecorded> latest(int before) {
        return tracker.records(RECORDED).stream()
                .sorted(Comparator.comparingLong(ConsumerRecord::timestamp))
                .skip(before)
                .map(record -> CODEC.decode(record.value()))
                .toList();
    }

    /** Only repeats have the header here. */
    List<ConsumerRecord<byte[], byte[]>> repeats() {
        return tracker.records(RECORDED).stream()
                .filter(record -> record.headers().lastHeader(MessageHeaders.MESSAGE_ID) != null)
                .toList();
    }

    static long number(ConsumerRecord<byte[], byte[]> record) {
        return UUID.fromString(CODEC.decode(record.value()).getEventId()).getLeastSignificantBits();
    }

    private static String id(String body) {
        Matcher id = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(body);
        return Optional.of(id).filter(Matcher::find).orElseThrow().group(1);
    }

    @Override
    public void close() {
        tracker.close();
    }
}
