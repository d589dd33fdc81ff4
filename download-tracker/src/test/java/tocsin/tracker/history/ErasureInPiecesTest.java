package tocsin.tracker.history;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.tracker.history.RunningTracker.LIMIT;
import static tocsin.tracker.history.RunningTracker.download;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.schemas.Audience;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.Principal;
import tocsin.schemas.avro.PrincipalType;
import tocsin.testsupport.PostgresServer;

/** An erasure of any size is done in pieces that stay done: no statement takes long, and no erasure holds up another. */
class ErasureInPiecesTest {

    private static final int PIECE = 3;
    private static final String TOKEN = "ab".repeat(32);

    private static PostgresServer postgres;
    private static RunningTracker tracker;
    private static ErasurePieceRepository pieces;
    private Instant now;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        tracker = new RunningTracker(postgres, Map.of());
        tracker.start();
        // The test does their work.
        tracker.bean(ErasureProcessor.class).close();
        pieces = new ErasurePieceRepository(
                tracker.bean(HistoryDatabaseClient.class), tracker.bean(java.time.Clock.class), PIECE);
    }

    @AfterAll
    static void stop() {
        tracker.close();
        postgres.close();
    }

    @BeforeEach
    void recordSome() {
        tracker.query("with gone as (delete from download returning 1), all_of as (delete from erasure returning 1)"
                + " select count(*) from gone");
        now = tracker.now();
        for (int i = 0; i < 20; i++) {
            // Ten of the day before, ten of today, and every second of each is another's.
            Instant fetched = now.minusSeconds(i < 10 ? 100_000 : 60).plusMillis(i);
            tracker.record(download(i, fetched).setPrincipal(human(i % 2 == 0 ? "user-1" : "user-2", i)));
        }
        for (int i = 20; i < 27; i++) {
            tracker.record(download(i, now.minusSeconds(60))
                    .setAudience("token:" + TOKEN)
                    .setPrincipal(human(TOKEN, 1)));
        }
        // Later ones of the same subjects.
        for (int i = 30; i < 34; i++) {
            tracker.record(download(i, now.plusSeconds(10)).setPrincipal(human("user-1", 0)));
        }
        tracker.flush();
        tracker.awaitRows(31);
    }

    /** Addresses in two spellings. */
    private static Principal human(String id, int i) {
        return Principal.newBuilder()
                .setType(PrincipalType.HUMAN)
                .setId(id)
                .setName("A Person")
                .setEmail(
                        id.equals("user-1")
                                ? (i % 4 == 0 ? "One@example.com" : "one@example.com")
                                : id + "@example.com")
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        // Of ten rows two pieces and a rest in each of two days.
        "principal, 10, 4",
        "token, 7, 3",
        // Two spellings, of which each day has its own rows.
        "email, 10, 4",
    })
    void leavesNothingOfTheSubjectAndAllOfTheOthers(String subject, int rows, int atLeastTurns) throws SQLException {
        // Given
        remember("e1", subject(subject));

        // When
        List<Integer> erased = new ArrayList<>();
        while (!tracker.query("select (done_at is not null)::text from erasure").equals("true")) {
            assertTrue(pieces.turn().isPresent());
            erased.add(erasedRows("e1"));
        }

        // Then each piece is small, and none is done twice
        assertEquals(rows, erasedRows("e1"));
        assertTrue(erased.size() >= atLeastTurns, erased.toString());
        int before = 0;
        for (int each : erased) {
            assertTrue(each - before <= PIECE, erased.toString());
            before = each;
        }
        assertEquals(subject.equals("token") ? "24" : "31", tracker.query("select count(*) from download"));
        assertEquals(
                subject.equals("token") ? "0" : Integer.toString(rows),
                tracker.query(
                        "select count(*) from download where principal_id = 'erased' and principal_email is null"));
        assertEquals(
                "4",
                tracker.query("select count(*) from download where principal_id = 'user-1' and fetched_at > '"
                        + now.plusSeconds(5) + "'"));
        assertEquals(Optional.empty(), pieces.turn());
        assertEquals("0", tracker.query("select count(cursor_email) from erasure"));
    }

    @Test
    void keepsWhatIsDoneWhileTheRestCannotBe() throws Exception {
        // Given somebody holds a row in the middle
        remember("e1", subject("principal"));
        try (Connection other = tracker.connection();
                Statement hold = other.createStatement()) {
            other.setAutoCommit(false);
            hold.execute("set search_path = download_tracker");
            hold.execute("select 1 from download where right(event_id::text, 2) = '0e' for update");

            // When
            Thread eraser = Thread.ofVirtual().start(() -> {
                try {
                    while (pieces.turn().isPresent()) {}
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });

            // Then others see what is done already, and it goes on when it can
            await().atMost(LIMIT).until(() -> erasedRows("e1") >= 5);
            assertTrue(eraser.isAlive());
            other.rollback();
            eraser.join();
        }
        assertEquals(10, erasedRows("e1"));
    }

    @Test
    void letsASmallOneBeDoneWhileALargeOneIs() throws SQLException {
        // Given
        remember("large", subject("principal"));
        remember("small", subject("token"));

        // When
        int turns = 0;
        while (tracker.query("select (done_at is null)::text from erasure where erasure_id = 'small'")
                .equals("true")) {
            assertTrue(pieces.turn().isPresent());
            turns++;
        }

        // Then
        assertEquals(
                "true",
                tracker.query("select (erased_rows > 0)::text from erasure where erasure_id = 'large'"),
                "after " + turns + " turns");
        assertTrue(turns <= 8, turns + " turns");
    }

    @Test
    void endsForWhoIsCalledAsTheErasedAre() throws SQLException {
        // Given
        tracker.query("with changed as (update download set principal_id = 'erased' where principal_id = 'user-2'"
                + " returning 1) select count(*) from changed");
        remember("e1", new ErasureSubject.OfOrganisation(new Audience.Organisation("acme"), ErasureSubject.ERASED_ID));

        // When
        int turns = 0;
        while (pieces.turn().isPresent() && turns < 100) {
            turns++;
        }

        // Then
        assertTrue(turns < 20, turns + " turns");
    }

    @Test
    void findsItsRowsByAnIndex() throws Exception {
        // Then what an erasure asks reads no other's rows, in a table that is large
        try (Connection connection = tracker.connection();
                Statement statement = connection.createStatement()) {
            statement.execute("set search_path = download_tracker");
            statement.execute("set enable_seqscan = off");
            for (String whose : List.of("audience = 'org:acme' and principal_id = 'user-1'", "principal_email = 'x'")) {
                try (var plan = statement.executeQuery("explain select event_id from download where day = '"
                        + HistoryDays.day(now) + "' and " + whose
                        + " and (fetched_at, event_id) > ('1970-01-01', '00000000-0000-0000-0000-000000000000')"
                        + " order by fetched_at, event_id limit 3")) {
                    List<String> lines = new ArrayList<>();
                    while (plan.next()) {
                        lines.add(plan.getString(1));
                    }
                    assertTrue(
                            lines.stream()
                                    .anyMatch(line -> line.contains("Index Scan") || line.contains("Index Only Scan")),
                            lines.toString());
                    assertTrue(lines.stream().noneMatch(line -> line.contains("Sort")), lines.toString());
                }
            }
        }
    }

    private static ErasureSubject subject(String kind) {
        return switch (kind) {
            case "principal" -> new ErasureSubject.OfOrganisation(new Audience.Organisation("acme"), "user-1");
            case "token" -> new ErasureSubject.OfToken(new Audience.Token(TOKEN));
            case "email" -> new ErasureSubject.OfEmail(RecordKeys.emailRecipient("one@example.com"));
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private void remember(String id, ErasureSubject subject) throws SQLException {
        tracker.bean(ErasureRepository.class).remember(new Erasure(id, now.plusSeconds(5), subject));
    }

    private static int erasedRows(String id) {
        return Integer.parseInt(tracker.query("select erased_rows from erasure where erasure_id = '" + id + "'"));
    }
}
