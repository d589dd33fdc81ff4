package tocsin.tracker.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.tracker.history.RunningTracker.LIMIT;
import static tocsin.tracker.history.RunningTracker.admin;
import static tocsin.tracker.history.RunningTracker.download;

import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.avro.DownloadRecorded;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.testsupport.PostgresServer;

/** What the history holds goes to the topic again, as it was, at the speed that was asked for, and never who was erased. */
class BackfillTest {

    private static final String TOKEN = "ab".repeat(32);
    private static final String RECORDED = "download.recorded";
    private static final MessageCodec<DownloadRecorded> CODEC = MessageCodec.of(DownloadRecorded.class);

    private static PostgresServer postgres;
    private RunningTracker tracker;
    private Instant now;

    @BeforeAll
    static void startServer() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        postgres.close();
    }

    @BeforeEach
    void startTracker() {
        tracker = new RunningTracker(postgres, Map.of("tocsin.history.retention-days", 30));
        tracker.start();
        now = tracker.now();
    }

    @AfterEach
    void closeTracker() {
        tracker.close();
    }

    @Test
    void writesWhatWasRecordedAgainAsItWasAndTheHistoryStaysAsItIs() {
        // Given downloads of three audiences, by everything that a principal may be, over many days and outside of them
        int rows = 2_600;
        for (int i = 0; i < rows; i++) {
            tracker.record(download(i, now.minus(i % 40, ChronoUnit.DAYS))
                    .setReceivedAt(now)
                    .setPackageName(i % 5 == 0 ? "@scope/pkg" : "pkg-" + i % 7)
                    .setAudience(i % 3 == 0 ? "org:acme" : i % 3 == 1 ? "org:other" : "token:" + TOKEN)
                    .setOriginRegistry(i % 11 == 0 ? "npm.example.com" : null)
                    .setPrincipal(i % 2 == 0 ? human("user-" + i % 9) : tocsin.tracker.Samples.ci()));
        }
        tracker.flush();
        tracker.awaitRows(rows);
        List<ConsumerRecord<byte[], byte[]>> before = tracker.records(RECORDED);
        String history = tracker.query("select md5(string_agg(d::text, ',' order by event_id)) from download d");

        // When
        String done = awaitEnd(start("{'since':'1970-01-01T00:00:00Z'}"));

        // Then
        assertTrue(done.contains("\"published_rows\":" + rows), done);
        assertTrue(done.contains("\"state\":\"done\""), done);
        List<ConsumerRecord<byte[], byte[]>> again = repeats();
        assertEquals(
                before.stream().collect(Collectors.groupingBy(BackfillTest::placeAndContent, Collectors.counting())),
                again.stream().collect(Collectors.groupingBy(BackfillTest::placeAndContent, Collectors.counting())));
        for (ConsumerRecord<byte[], byte[]> record : again) {
            assertEquals(
                    CODEC.decode(record.value()).getEventId(),
                    new String(
                            record.headers()
                                    .lastHeader(MessageHeaders.MESSAGE_ID)
                                    .value(),
                            UTF_8));
            // The topic would drop at once what is as old in it as the download.
            assertFalse(Instant.ofEpochMilli(record.timestamp()).isBefore(now));
        }
        tracker.awaitCaughtUp();
        assertEquals(history, tracker.query("select md5(string_agg(d::text, ',' order by event_id)) from download d"));
        assertEquals(0, tracker.quarantined());
    }

    @Test
    void takesNoMoreThanIsAskedFor() {
        // Given one download a day back to beyond what is kept, a third of them of one organisation
        for (int i = 0; i < 45; i++) {
            tracker.record(download(i, now.minus(i, ChronoUnit.DAYS))
                    .setReceivedAt(now)
                    .setAudience(i % 3 == 0 ? "org:acme" : i % 3 == 1 ? "org:other" : "token:" + TOKEN));
        }
        tracker.flush();
        tracker.awaitRows(45);
        Map<String, List<Long>> expected = new LinkedHashMap<>();
        expected.put("{'since':'-10'}", LongStream.range(0, 10).boxed().toList());
        expected.put(
                "{'since':'-10','until':'-5'}", LongStream.range(5, 10).boxed().toList());
        expected.put(
                "{'since':'-40','until':'-25'}",
                LongStream.range(25, 40).boxed().toList());
        expected.put("{'since':'-10','until':'-5','org_id':'acme'}", List.of(6L, 9L));
        expected.put("{'since':'-39','until':'-29','org_id':'acme','rows_per_second':4}", List.of(30L, 33L, 36L));
        expected.put("{'since':'-10','org_id':'nobody'}", List.of());

        expected.forEach((question, rows) -> {
            // When: days are counted from a little before each download
            int before = tracker.records(RECORDED).size();
            awaitEnd(start(Pattern.compile("'-([0-9]+)'")
                    .matcher(question)
                    .replaceAll(day -> "'"
                            + now.minus(Long.parseLong(day.group(1)), ChronoUnit.DAYS)
                                    .plusMillis(1) + "'")));

            // Then
            assertEquals(
                    rows,
                    latest(before).stream()
                            .map(download ->
                                    UUID.fromString(download.getEventId()).getLeastSignificantBits())
                            .sorted()
                            .toList(),
                    question);
        });
    }

    @Test
    void keepsToItsSpeedHoweverManyInstancesThereAre() {
        // Given
        tracker.start();
        tracker.start();
        recordMany(700);

        // When
        awaitEnd(start("{'since':'1970-01-01T00:00:00Z','rows_per_second':400}"));

        // Then no second has more than it may have and a page
        List<Long> times =
                repeats().stream().map(ConsumerRecord::timestamp).sorted().toList();
        for (int i = 0; i + 500 < times.size(); i++) {
            assertTrue(
                    times.get(i + 500) - times.get(i) >= 1_000,
                    "501 within " + (times.get(i + 500) - times.get(i)) + " ms");
        }
    }

    @Test
    void showsNobodyWhoIsErasedWhileItRuns() {
        // Given two people and a token, and a backfill that takes its time
        for (int i = 0; i < 400; i++) {
            tracker.record(download(i, now.minusSeconds(3_600))
                    .setAudience(i % 2 == 0 ? "org:acme" : "token:" + TOKEN)
                    .setPrincipal(human(i % 2 == 0 ? "user-" + i % 4 : TOKEN)));
        }
        tracker.flush();
        tracker.awaitRows(400);
        String id = start("{'since':'1970-01-01T00:00:00Z','rows_per_second':80}");
        await().atMost(LIMIT).until(() -> tracker.records(RECORDED).size() > 440);

        // When
        erase("{'org_id':'acme','principal_id':'user-2'}");
        erase("{'token_id':'" + TOKEN + "'}");
        int before = tracker.records(RECORDED).size();
        String done = awaitEnd(id);

        // Then
        List<DownloadRecorded> repeats =
                repeats().stream().map(record -> CODEC.decode(record.value())).toList();
        List<DownloadRecorded> after = latest(before);
        assertTrue(after.size() > 20, done);
        for (DownloadRecorded download : after) {
            assertEquals("org:acme", download.getAudience());
            assertTrue(
                    List.of("user-0", "erased").contains(download.getPrincipal().getId()), download.toString());
            assertEquals(
                    download.getPrincipal().getId().equals("erased"),
                    download.getPrincipal().getName().isEmpty());
        }
        assertTrue(after.stream()
                .anyMatch(download -> download.getPrincipal().getId().equals("erased")));
        assertEquals(
                200,
                repeats.stream()
                        .filter(download -> download.getAudience().equals("org:acme"))
                        .count());
        tracker.awaitCaughtUp();
        assertEquals("200", tracker.query("select count(*) from download"));
    }

    @Test
    void letsAnErasureWaitForThePageThatWasReadBeforeIt() throws Exception {
        // Given
        recordMany(3, download -> download.setPrincipal(human("user-1")));
        BackfillPageRepository pages = queued("{'since':'1970-01-01T00:00:00Z','rows_per_second':4}");
        Erasure erasure = new Erasure(
                "erasure-1",
                now.plusSeconds(60),
                new ErasureSubject.OfOrganisation(new Audience.Organisation("acme"), "user-1"));
        List<String> sent = new ArrayList<>();
        List<Boolean> remembered = new ArrayList<>();
        Thread eraser = Thread.ofVirtual().unstarted(() -> {
            try {
                tracker.bean(ErasureRepository.class).remember(erasure);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });

        // When it comes while a page with its subject is on its way
        stepUntilSent(pages, rows -> {
            rows.forEach(row -> sent.add(row.principal().id()));
            eraser.start();
            await().atMost(LIMIT)
                    .until(
                            () -> tracker.query("select count(*) from pg_locks where locktype = 'advisory'"
                                    + " and not granted and database = (select oid from pg_database"
                                    + " where datname = current_database())"),
                            "1"::equals);
            remembered.add(eraser.isAlive());
        });
        eraser.join();
        stepUntilSent(
                pages, rows -> rows.forEach(row -> sent.add(row.principal().id())));

        // Then
        assertEquals(List.of(true), remembered);
        assertEquals(List.of("user-1", "erased"), sent);
    }

    @Test
    void sendsAPageAgainThatTheBrokersDidNotTake() throws Exception {
        // Given
        recordMany(3);
        BackfillPageRepository pages = queued("{'since':'1970-01-01T00:00:00Z','rows_per_second':4}");
        List<UUID> refused = new ArrayList<>();
        List<UUID> sent = new ArrayList<>();

        // When
        assertThrows(
                KafkaException.class,
                () -> stepUntilSent(pages, rows -> {
                    rows.forEach(row -> refused.add(row.eventId()));
                    throw new KafkaException("not taken");
                }));
        pages.troubled("not taken");
        String shown = tracker.get("/v1/backfills", admin()).body();
        for (int i = 0; i < 3; i++) {
            stepUntilSent(pages, rows -> rows.forEach(row -> sent.add(row.eventId())));
        }

        // Then
        assertTrue(shown.contains("\"published_rows\":0") && shown.contains("\"trouble\":\"not taken\""), shown);
        assertEquals(List.of(new UUID(0x8000L, 0)), refused);
        assertEquals(List.of(new UUID(0x8000L, 0), new UUID(0x8000L, 1), new UUID(0x8000L, 2)), sent);
        assertFalse(tracker.get("/v1/backfills", admin()).body().contains("trouble"));
    }

    @Test
    void leavesOutWhatItCannotReadAndSaysSo() {
        // Given
        recordMany(5);
        tracker.query("with changed as (update download set ecosystem = 'maven' where right(event_id::text, 1) = '2'"
                + " returning 1) select count(*) from changed");

        // When
        String done = awaitEnd(start("{'since':'1970-01-01T00:00:00Z'}"));

        // Then
        assertTrue(done.contains("\"published_rows\":4,\"unreadable_rows\":1"), done);
        assertEquals(
                List.of(0L, 1L, 3L, 4L),
                repeats().stream().map(BackfillTest::number).sorted().toList());
    }

    @Test
    void publishesNothingAfterItIsCancelled() {
        // Given
        recordMany(300);
        String id = start("{'since':'1970-01-01T00:00:00Z','rows_per_second':40}");
        await().atMost(LIMIT).until(() -> tracker.records(RECORDED).size() > 320);

        // When
        HttpResponse<String> cancelled = tracker.send("DELETE", "/v1/backfills/" + id, admin(), "");
        int then = tracker.records(RECORDED).size();

        // Then what is asked for next does not wait for it
        assertEquals(200, cancelled.statusCode(), cancelled.body());
        assertTrue(cancelled.body().contains("\"state\":\"cancelled\""), cancelled.body());
        awaitEnd(start("{'since':'1970-01-01T00:00:00Z'}"));
        assertEquals(then + 300, tracker.records(RECORDED).size());
        assertEquals(
                200, tracker.send("DELETE", "/v1/backfills/" + id, admin(), "").statusCode());
    }

    @Test
    void doesOneAfterTheOtherAndNotAnyNumber() {
        // Given
        recordMany(1);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < BackfillRepository.MOST_RUNNING - 1; i++) {
            ids.add(queue("{'since':'1970-01-01T00:00:00Z'}"));
        }

        // When
        HttpResponse<String> more = post("{'since':'1970-01-01T00:00:00Z'}");

        // Then
        assertEquals(409, more.statusCode(), more.body());
        letGo();
        ids.forEach(this::awaitEnd);
        assertEquals(1 + ids.size(), tracker.records(RECORDED).size());
        assertEquals(
                409,
                tracker.send("DELETE", "/v1/backfills/" + ids.getFirst(), admin(), "")
                        .statusCode());
        String list = tracker.get("/v1/backfills", admin()).body();
        assertTrue(list.indexOf(ids.getLast()) < list.indexOf(ids.getFirst()), list);
    }

    @Test
    void refusesWhatMakesNoSenseAndKnowsNoOther() {
        for (String body : List.of(
                "{}",
                "{'since':'yesterday'}",
                "{'since':'2026-04-15T08:30:00Z','until':'2026-04-15T08:30:00Z'}",
                "{'since':'1969-12-31T23:59:59Z'}",
                "{'since':'2026-04-15T08:30:00Z','until':'+10001-01-01T00:00:00Z'}",
                "{'since':'2026-04-15T08:30:00Z','rows_per_second':0}",
                "{'since':'2026-04-15T08:30:00Z','rows_per_second':100001}",
                "{'since':'2026-04-15T08:30:00Z','org_id':'no/organisation'}",
                "{'since':'2026-04-15T08:30:00Z','everything':true}")) {
            assertEquals(400, post(body).statusCode(), body);
        }
        for (String id : List.of("x", "00000000-0000-8000-0000-000000000000")) {
            String path = "/v1/backfills/" + id;
            assertEquals(404, tracker.get(path, admin()).statusCode());
            assertEquals(404, tracker.send("DELETE", path, admin(), "").statusCode());
        }
        assertEquals("{\"backfills\":[]}", tracker.get("/v1/backfills", admin()).body());
    }

    private static Principal human(String id) {
        return Principal.newBuilder()
                .setType(PrincipalType.HUMAN)
                .setId(id)
                .setName("A Person")
                .setEmail("person@example.com")
                .build();
    }

    private void recordMany(int rows) {
        recordMany(rows, download -> download);
    }

    private void recordMany(int rows, Function<DownloadRecorded.Builder, DownloadRecorded.Builder> changed) {
        for (int i = 0; i < rows; i++) {
            tracker.record(changed.apply(download(i, now.minusSeconds(3_600))));
        }
        tracker.flush();
        tracker.awaitRows(rows);
    }

    private HttpResponse<String> post(String body) {
        return tracker.send("POST", "/v1/backfills", admin(), body.replace('\'', '"'));
    }

    /** @return its id */
    private String start(String body) {
        HttpResponse<String> answer = post(body);
        assertEquals(202, answer.statusCode(), answer.body());
        return id(answer.body());
    }

    /** As {@link #start}, but the service itself does not come to it. */
    private String queue(String body) {
        tracker.query("with off as (insert into backfill (backfill_id, requested_at, fetched_since, fetched_until,"
                + " rows_per_second, not_before, state) values ('00000000-0000-0000-0000-000000000001', '1970-01-01',"
                + " '1970-01-01', '1970-01-02', 1, '2100-01-01', 'running') on conflict do nothing returning 1)"
                + " select count(*) from off");
        return start(body);
    }

    private void letGo() {
        tracker.query("with gone as (delete from backfill where not_before > '2099-01-01' returning 1)"
                + " select count(*) from gone");
    }

    /** One that the test does by itself, with the service's own worker ended. */
    private BackfillPageRepository queued(String body) {
        tracker.bean(BackfillProcessor.class).close();
        start(body);
        return new BackfillPageRepository(tracker.bean(HistoryDatabaseClient.class));
    }

    private static void stepUntilSent(BackfillPageRepository pages, BackfillPageRepository.Sending sending) {
        await().atMost(LIMIT).until(() -> pages.step(sending).rows() > 0);
    }

    private String awaitEnd(String id) {
        await().atMost(LIMIT)
                .until(() -> !tracker.get("/v1/backfills/" + id, admin()).body().contains("\"state\":\"running\""));
        return tracker.get("/v1/backfills/" + id, admin()).body();
    }

    private void erase(String body) {
        String id = id(tracker.send("POST", "/v1/privacy/erasures", admin(), body.replace('\'', '"'))
                .body());
        await().atMost(LIMIT)
                .until(() -> tracker.get("/v1/privacy/erasures/" + id, admin())
                        .body()
                        .contains("\"state\":\"done\""));
    }

    /** What came behind the first so many records of all partitions, by the time that the broker was given it. */
    private List<DownloadRecorded> latest(int before) {
        return tracker.records(RECORDED).stream()
                .sorted(java.util.Comparator.comparingLong(ConsumerRecord::timestamp))
                .skip(before)
                .map(record -> CODEC.decode(record.value()))
                .toList();
    }

    /** Only repeats have the header here. */
    private List<ConsumerRecord<byte[], byte[]>> repeats() {
        return tracker.records(RECORDED).stream()
                .filter(record -> record.headers().lastHeader(MessageHeaders.MESSAGE_ID) != null)
                .toList();
    }

    private static String placeAndContent(ConsumerRecord<byte[], byte[]> record) {
        return record.partition() + " " + new String(record.key(), UTF_8) + " "
                + HexFormat.of().formatHex(record.value());
    }

    private static long number(ConsumerRecord<byte[], byte[]> record) {
        return UUID.fromString(CODEC.decode(record.value()).getEventId()).getLeastSignificantBits();
    }

    private static String id(String body) {
        Matcher id = Pattern.compile("\"id\":\"([^\"]+)\"").matcher(body);
        return Optional.of(id).filter(Matcher::find).orElseThrow().group(1);
    }
}
