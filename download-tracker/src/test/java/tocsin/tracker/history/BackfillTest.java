package tocsin.tracker.history;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.tracker.history.RunningTracker.admin;
import static tocsin.tracker.history.RunningTracker.download;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.MessageHeaders;
import tocsin.testsupport.PostgresServer;

/** What the history holds goes to the topic again, as it was, and no faster than was asked for. */
class BackfillTest {

    private static PostgresServer postgres;
    private Backfills backfills;

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
        backfills = new Backfills(postgres);
    }

    @AfterEach
    void closeTracker() {
        backfills.close();
    }

    @Test
    void writesWhatWasRecordedAgainAsItWasAndTheHistoryStaysAsItIs() {
        // Given downloads of three audiences, by everything that a principal may be, over many days and outside of them
        int rows = 2_600;
        for (int i = 0; i < rows; i++) {
            backfills.tracker.record(download(i, backfills.now.minus(i % 40, ChronoUnit.DAYS))
                    .setReceivedAt(backfills.now)
                    .setPackageName(i % 5 == 0 ? "@scope/pkg" : "pkg-" + i % 7)
                    .setAudience(i % 3 == 0 ? "org:acme" : i % 3 == 1 ? "org:other" : "token:" + Backfills.TOKEN)
                    .setOriginRegistry(i % 11 == 0 ? "npm.example.com" : null)
                    .setPrincipal(i % 2 == 0 ? Backfills.human("user-" + i % 9) : tocsin.tracker.Samples.ci()));
        }
        backfills.tracker.flush();
        backfills.tracker.awaitRows(rows);
        List<ConsumerRecord<byte[], byte[]>> before = backfills.tracker.records(Backfills.RECORDED);
        String history =
                backfills.tracker.query("select md5(string_agg(d::text, ',' order by event_id)) from download d");

        // When
        String done = backfills.awaitEnd(backfills.start(Backfills.ALL));

        // Then
        assertTrue(done.contains("\"published_rows\":" + rows), done);
        assertTrue(done.contains("\"state\":\"done\""), done);
        List<ConsumerRecord<byte[], byte[]>> again = backfills.repeats();
        assertEquals(
                before.stream().collect(Collectors.groupingBy(BackfillTest::placeAndContent, Collectors.counting())),
                again.stream().collect(Collectors.groupingBy(BackfillTest::placeAndContent, Collectors.counting())));
        for (ConsumerRecord<byte[], byte[]> record : again) {
            assertEquals(
                    Backfills.CODEC.decode(record.value()).getEventId(),
                    new String(
                            record.headers()
                                    .lastHeader(MessageHeaders.MESSAGE_ID)
                                    .value(),
                            UTF_8));
            // The topic would drop at once what is as old in it as the download.
            assertFalse(Instant.ofEpochMilli(record.timestamp()).isBefore(backfills.now));
        }
        backfills.tracker.awaitCaughtUp();
        assertEquals(
                history,
                backfills.tracker.query("select md5(string_agg(d::text, ',' order by event_id)) from download d"));
        assertEquals(0, backfills.tracker.quarantined());
    }

    @Test
    void takesNoMoreThanIsAskedFor() {
        // Given one download a day back to beyond what is kept, a third of them of one organisation
        for (int i = 0; i < 45; i++) {
            backfills.tracker.record(download(i, backfills.now.minus(i, ChronoUnit.DAYS))
                    .setReceivedAt(backfills.now)
                    .setAudience(i % 3 == 0 ? "org:acme" : i % 3 == 1 ? "org:other" : "token:" + Backfills.TOKEN));
        }
        backfills.tracker.flush();
        backfills.tracker.awaitRows(45);
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
            int before = backfills.tracker.records(Backfills.RECORDED).size();
            backfills.awaitEnd(backfills.start(Pattern.compile("'-([0-9]+)'")
                    .matcher(question)
                    .replaceAll(day -> "'"
                            + backfills
                                    .now
                                    .minus(Long.parseLong(day.group(1)), ChronoUnit.DAYS)
                                    .plusMillis(1) + "'")));

            // Then
            assertEquals(
                    rows,
                    backfills.latest(before).stream()
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
        backfills.tracker.start();
        backfills.tracker.start();
        backfills.recordMany(700);

        // When
        backfills.awaitEnd(backfills.start("{'since':'1970-01-01T00:00:00Z','rows_per_second':400}"));

        // Then no second has more than it may have and a page
        List<Long> times = backfills.repeats().stream()
                .map(ConsumerRecord::timestamp)
                .sorted()
                .toList();
        for (int i = 0; i + 500 < times.size(); i++) {
            assertTrue(
                    times.get(i + 500) - times.get(i) >= 1_000,
                    "501 within " + (times.get(i + 500) - times.get(i)) + " ms");
        }
    }

    @Test
    void leavesOutWhatItCannotReadAndSaysSo() {
        // Given
        backfills.recordMany(5);
        backfills.tracker.query(
                "with changed as (update download set ecosystem = 'maven' where right(event_id::text, 1) = '2'"
                        + " returning 1) select count(*) from changed");

        // When
        String done = backfills.awaitEnd(backfills.start(Backfills.ALL));

        // Then
        assertTrue(done.contains("\"published_rows\":4,\"unreadable_rows\":1"), done);
        assertEquals(
                List.of(0L, 1L, 3L, 4L),
                backfills.repeats().stream().map(Backfills::number).sorted().toList());
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
            assertEquals(400, backfills.post(body).statusCode(), body);
        }
        for (String id : List.of("x", "00000000-0000-8000-0000-000000000000")) {
            String path = "/v1/backfills/" + id;
            assertEquals(404, backfills.tracker.get(path, admin()).statusCode());
            assertEquals(
                    404, backfills.tracker.send("DELETE", path, admin(), "").statusCode());
        }
        assertEquals(
                "{\"backfills\":[]}",
                backfills.tracker.get("/v1/backfills", admin()).body());
    }

    @ParameterizedTest
    @CsvSource({
        // rows looked at, published, a second's, milliseconds
        "1000, 1000, 5000, 200",
        "1000,    0, 5000,  20",
        "1000,   50, 5000,  20",
        "1000,  300, 5000,  60",
        "   1,    0,    4,   0",
        "   1,    1,    4, 250",
    })
    void aPageStandsForWhatIsPublishedAndForATenthOfWhatIsLookedAt(
            int looked, int published, int rowsPerSecond, int milliseconds) {
        Backfill backfill = new Backfill(
                new UUID(0, 1),
                Instant.EPOCH,
                Optional.empty(),
                Instant.EPOCH,
                Instant.parse("2026-04-15T08:30:00Z"),
                rowsPerSecond);

        assertEquals(Duration.ofMillis(milliseconds), Duration.ofNanos(backfill.nanosOf(looked, published)));
    }

    @Test
    void doesNotRunThroughADayOfWhichLittleIsAskedFor() throws SQLException {
        // Given a day of which nothing is asked for: today, where an hour ago may be yesterday
        backfills.recordMany(100, backfills.now.truncatedTo(ChronoUnit.DAYS), download -> download);
        BackfillPageRepository pages = backfills.byHand();
        String id = backfills.start("{'since':'" + backfills.now.minusSeconds(1) + "','rows_per_second':40}");
        String before = backfills.tracker.query("select clock_timestamp()");

        // When
        BackfillPageRepository.Step step = pages.step(backfills.toTheTopic());

        // Then ten rows that were looked at stand for one
        assertEquals(0, step.rows());
        assertEquals(
                "t",
                backfills.tracker.query("select not_before >= '" + before
                        + "'::timestamptz + interval '25 milliseconds' from backfill where backfill_id = '" + id
                        + "'"));
    }

    private static String placeAndContent(ConsumerRecord<byte[], byte[]> record) {
        return record.partition() + " " + new String(record.key(), UTF_8) + " "
                + HexFormat.of().formatHex(record.value());
    }
}
