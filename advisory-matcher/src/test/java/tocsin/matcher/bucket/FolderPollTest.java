package tocsin.matcher.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.bucket.BucketServer.record;
import static tocsin.matcher.bucket.BucketServer.zip;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.matcher.bucket.ChangeList.Change;
import tocsin.schemas.avro.FeedPosition;
import tocsin.testsupport.MovableClock;

/** One folder of a bucket, read over HTTP from a server that may be as bad as it likes. */
class FolderPollTest {

    private static final Instant NOW = Instant.parse("2026-04-17T12:00:00Z");
    private static final String ARCHIVED = "2026-04-16T10:00:00Z";
    private static final String LATER = "2026-04-17T10:00:00Z";
    private static final String LATEST = "2026-04-17T11:00:00Z";

    private final MovableClock clock = MovableClock.at(NOW);
    private final BucketServer server = new BucketServer();
    private final BucketClient client = new BucketClient(
            new BucketClient.Patience(Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(20)), clock);
    private final Kept kept = new Kept();
    private Set<Change> seen = new HashSet<>();

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    /** What was published, and the places in their order. */
    private static final class Kept implements FolderPoll.Sink {

        private final List<String> published = new ArrayList<>();
        private final List<Instant> modified = new ArrayList<>();
        private final Map<String, FeedPosition> places = new LinkedHashMap<>();
        private final List<String> lacking = new ArrayList<>();
        private int refuseAfter = Integer.MAX_VALUE;

        @Override
        public void publish(List<FolderPoll.Document> documents) throws IOException {
            for (FolderPoll.Document document : documents) {
                if (published.size() >= refuseAfter) {
                    throw new IOException("broker away");
                }
                published.add(document.key());
                document.modified().ifPresent(modified::add);
            }
        }

        @Override
        public void keep(FeedPosition position) {
            places.put(position.getFolder(), position);
        }

        @Override
        public synchronized void lacks(String feed, String record, String reason) {
            lacking.add(record + " " + reason);
        }

        List<String> published() {
            List<String> ids = List.copyOf(published);
            published.clear();
            return ids;
        }
    }

    @Test
    void readsTheArchiveFirstAndThenOnlyWhatChanged() throws Exception {
        // Given
        server.put("npm/all.zip", zip(Map.of("MAL-1.json", record("MAL-1", ARCHIVED))))
                .put("npm/modified_id.csv", ARCHIVED + ",MAL-1\n");
        poll("npm");
        List<String> first = kept.published();
        server.asked();

        // When
        server.put("npm/modified_id.csv", LATEST + ",MAL-3\n" + LATER + ",MAL-2\n" + ARCHIVED + ",MAL-1\n")
                .put("npm/MAL-2.json", record("MAL-2", LATER))
                .put("npm/MAL-3.json", record("MAL-3", LATEST));
        poll("npm");

        // Then
        assertEquals("MAL-1", first.getFirst());
        assertEquals(List.of("MAL-2", "MAL-3"), kept.published());
        assertTrue(!server.asked().contains("npm/all.zip"));
        assertEquals(Optional.of(Instant.parse(LATEST)), place("npm").getThrough());
        assertEquals(Optional.of(NOW), place("npm").getSucceededAt());
    }

    @Test
    void asksForNothingElseWhileTheListIsTheSame() throws Exception {
        // Given
        server.put("npm/all.zip", zip(Map.of("MAL-1.json", record("MAL-1", ARCHIVED))))
                .put("npm/modified_id.csv", LATER + ",MAL-2\n")
                .put("npm/MAL-2.json", record("MAL-2", LATER));
        poll("npm");
        kept.published();
        server.asked();
        clock.advance(Duration.ofMinutes(5));

        // When
        seen = new HashSet<>();
        poll("npm");

        // Then
        assertEquals(List.of("npm/modified_id.csv"), server.asked());
        assertEquals(List.of(), kept.published());
        assertEquals(Optional.of(NOW.plusSeconds(300)), place("npm").getSucceededAt());
    }

    @Test
    void anotherInstanceGoesOnWhereTheLastOneStopped() throws Exception {
        // Given
        Map<String, String> records = new LinkedHashMap<>();
        for (int i = 0; i < 12_000; i++) {
            records.put("MAL-" + i + ".json", record("MAL-" + i, ARCHIVED));
        }
        server.put("npm/all.zip", zip(records)).put("npm/modified_id.csv", "");
        kept.refuseAfter = 7000;
        assertThrows(IOException.class, () -> poll("npm"));
        int before = kept.published().size();
        kept.refuseAfter = Integer.MAX_VALUE;

        // When
        seen = new HashSet<>();
        poll("npm");

        // Then
        assertEquals(7000, before);
        List<String> rest = kept.published();
        assertEquals("MAL-5000", rest.getFirst());
        assertEquals(7000, rest.size());
        assertEquals(Optional.of(Instant.parse(ARCHIVED)), place("npm").getThrough());
    }

    @Test
    void aPlaceMovesOnlyAfterWhatLiesBeforeItIsPublished() throws Exception {
        // Given
        imported();
        server.put("npm/modified_id.csv", LATEST + ",MAL-3\n" + LATER + ",MAL-2\n")
                .put("npm/MAL-2.json", record("MAL-2", LATER))
                .put("npm/MAL-3.json", record("MAL-3", LATEST));
        kept.refuseAfter = 0;

        // When
        assertThrows(IOException.class, () -> poll("npm"));

        // Then
        assertEquals(Optional.of(Instant.parse(ARCHIVED)), place("npm").getThrough());

        // When
        kept.refuseAfter = Integer.MAX_VALUE;
        poll("npm");

        // Then
        assertEquals(List.of("MAL-2", "MAL-3"), kept.published());
    }

    @Test
    void findsWithdrawalsThatLieOutsideOfTheFolders() throws Exception {
        // Given
        server.put("modified_id.csv", LATEST + ",[EMPTY]/MAL-1\n" + LATER + ",Go/GO-1\n" + LATER + ",npm/MAL-2\n")
                .put(
                        "[EMPTY]/MAL-1.json",
                        "{\"id\": \"MAL-1\", \"modified\": \"" + LATEST + "\", \"withdrawn\": \"" + LATEST + "\"}");

        // When
        poll(Bucket.ROOT);

        // Then
        assertEquals(List.of("MAL-1"), kept.published());
        assertEquals(List.of("modified_id.csv", "[EMPTY]/MAL-1.json"), server.asked());
    }

    @Test
    void aBucketWithoutAListOfAllIsReadAllTheSame() throws Exception {
        poll(Bucket.ROOT);
        poll(Bucket.ROOT);

        assertEquals(Optional.of(NOW), place(Bucket.ROOT).getSucceededAt());
        assertEquals(List.of("modified_id.csv no_list_of_all"), kept.lacking);
    }

    @Test
    void aRecordThatIsNotThereHoldsUpNobodyAndIsLookedForAgain() throws Exception {
        // Given
        imported();
        server.put("npm/modified_id.csv", LATEST + ",MAL-3\n" + LATER + ",MAL-2\n")
                .put("npm/MAL-3.json", record("MAL-3", LATEST));
        poll("npm");
        List<String> first = kept.published();

        // When
        server.put("npm/MAL-2.json", record("MAL-2", LATER));
        poll("npm");

        // Then
        assertEquals(List.of("MAL-3"), first);
        assertEquals(List.of("MAL-2 missing"), kept.lacking);
        assertEquals(List.of("MAL-2"), kept.published());
    }

    /** As caches between serve it for a while. */
    @Test
    void theOldTextOfAChangedRecordIsNotTakenForTheChange() throws Exception {
        // Given
        imported();
        server.put("npm/modified_id.csv", LATER + ",MAL-1\n").put("npm/MAL-1.json", record("MAL-1", ARCHIVED));
        poll("npm");
        List<Instant> stale = modified();

        // When
        server.put("npm/modified_id.csv", LATEST + ",MAL-2\n" + LATER + ",MAL-1\n")
                .put("npm/MAL-1.json", record("MAL-1", LATER))
                .put("npm/MAL-2.json", record("MAL-2", LATEST));
        poll("npm");
        List<Instant> fresh = modified();
        server.asked();
        clock.advance(Duration.ofMinutes(5));
        server.put("npm/modified_id.csv", NOW + ",MAL-3\n" + LATEST + ",MAL-2\n" + LATER + ",MAL-1\n")
                .put("npm/MAL-3.json", record("MAL-3", NOW.toString()));
        poll("npm");

        // Then
        assertEquals(List.of(Instant.parse(ARCHIVED)), stale);
        assertEquals(List.of("MAL-1 older_than_listed"), kept.lacking);
        assertEquals(List.of(Instant.parse(LATER), Instant.parse(LATEST)), fresh);
        assertEquals(List.of("npm/modified_id.csv", "npm/MAL-3.json"), server.asked());
    }

    @Test
    void aListMayTellFractionsOfSecondsThatARecordLeavesOut() throws Exception {
        // Given
        imported();
        server.put("npm/modified_id.csv", "2026-04-17T10:00:00.25Z,MAL-1\n")
                .put("npm/MAL-1.json", record("MAL-1", LATER));

        // When
        poll("npm");

        // Then
        assertEquals(List.of(), kept.lacking);
    }

    @Test
    void aRecordThatIsListedADayLateIsFetchedAndNoneOfThoseThatWereKnown() throws Exception {
        // Given
        imported();
        server.put("npm/modified_id.csv", LATEST + ",MAL-3\n" + ARCHIVED + ",MAL-1\n")
                .put("npm/MAL-3.json", record("MAL-3", LATEST));
        poll("npm");
        kept.published();
        server.asked();

        // When
        String dayBefore = "2026-04-16T11:00:00Z";
        server.put("npm/modified_id.csv", LATEST + ",MAL-3\n" + dayBefore + ",MAL-2\n" + ARCHIVED + ",MAL-1\n")
                .put("npm/MAL-2.json", record("MAL-2", dayBefore));
        poll("npm");

        // Then
        assertEquals(List.of("MAL-2"), kept.published());
        assertEquals(List.of("npm/modified_id.csv", "npm/MAL-2.json"), server.asked());
    }

    /** As after all of a bucket was written anew: else such a folder would be read again at each look. */
    @Test
    void whereMoreLiesBehindThanCanBeRememberedOnlyNewsIsRead() throws Exception {
        // Given
        imported();
        StringBuilder list = new StringBuilder(LATER + ",MAL-2\n");
        for (int i = 0; i <= ChangeList.MOST_CHANGES; i++) {
            list.append(ARCHIVED).append(",OLD-").append(i).append('\n');
        }
        server.put("npm/modified_id.csv", list.toString()).put("npm/MAL-2.json", record("MAL-2", LATER));

        // When
        poll("npm");

        // Then
        assertEquals(List.of("MAL-2"), kept.published());
        assertEquals(List.of("modified_id.csv too_many_of_the_same_days"), kept.lacking);
    }

    @Test
    void aLineThatIsNoneHidesNoOther() throws Exception {
        // Given
        imported();
        server.put(
                        "npm/modified_id.csv",
                        LATEST + ",MAL 3\nyesterday,MAL-4\n" + "x".repeat(5000) + "\n" + LATER + ",MAL-2\n" + ARCHIVED
                                + ",MAL-1\n" + ARCHIVED + ",MAL-0\n")
                .put("npm/MAL-0.json", record("MAL-0", ARCHIVED))
                .put("npm/MAL-2.json", record("MAL-2", LATER));

        // When
        poll("npm");

        // Then
        assertEquals(List.of("MAL-0", "MAL-2"), kept.published());
        assertEquals(List.of("modified_id.csv lines_not_read"), kept.lacking);
    }

    @Test
    void aRecordThatIsDeniedHoldsUpNobody() throws Exception {
        // Given
        imported();
        server.put("npm/modified_id.csv", LATEST + ",MAL-3\n" + LATER + ",MAL-2\n")
                .status("npm/MAL-2.json", 403)
                .put("npm/MAL-3.json", record("MAL-3", LATEST));

        // When
        poll("npm");

        // Then
        assertEquals(List.of("MAL-3"), kept.published());
        assertEquals(List.of("MAL-2 denied"), kept.lacking);
    }

    @Test
    void moreOutsideOfTheFoldersThanIsReadAtOnceIsReadFromTheOldestOn() throws Exception {
        // Given
        int all = ChangeList.MOST_CHANGES + 3;
        Instant first = Instant.parse(LATER);
        StringBuilder list = new StringBuilder();
        for (int i = all - 1; i >= 0; i--) {
            list.append(first.plusMillis(i)).append(",[EMPTY]/MAL-").append(i).append('\n');
        }
        server.put("modified_id.csv", list.toString())
                .answerAll("[EMPTY]/", id -> record(id, first.plusSeconds(60).toString()));

        // When
        poll(Bucket.ROOT);
        Optional<Instant> succeeded = place(Bucket.ROOT).getSucceededAt();
        Set<String> one = new TreeSet<>(kept.published());
        poll(Bucket.ROOT);

        // Then
        assertEquals(ChangeList.MOST_CHANGES, one.size());
        assertTrue(one.contains("MAL-0"));
        assertEquals(Optional.empty(), succeeded);
        assertEquals(
                Set.of("MAL-" + (all - 3), "MAL-" + (all - 2), "MAL-" + (all - 1)), new TreeSet<>(kept.published()));
        assertEquals(Optional.of(NOW), place(Bucket.ROOT).getSucceededAt());
    }

    @Test
    void whatCannotBeReadIsPublishedForTheQuarantineToTell() throws Exception {
        // Given
        Map<String, String> records = new LinkedHashMap<>();
        records.put("MAL-1.json", "no JSON");
        records.put("README.txt", "no record");
        records.put("MAL-2.json", "\"" + "a".repeat(800 * 1024) + "\"");
        records.put("MAL-3.json", record("MAL-3", ARCHIVED));
        server.put("npm/all.zip", zip(records)).put("npm/modified_id.csv", "");

        // When
        poll("npm");

        // Then
        assertEquals(List.of("MAL-1.json", "MAL-3"), kept.published());
        assertEquals(List.of("MAL-2.json too_large"), kept.lacking);
    }

    @ParameterizedTest
    @CsvSource({
        // path, status, header, value, seconds to wait
        "npm/all.zip,         500, x, x, -1",
        "npm/all.zip,         404, x, x, -1",
        "npm/all.zip,         302, Location, /bucket/elsewhere.zip, -1",
        "npm/all.zip,         429, Retry-After, 120, 120",
        "npm/all.zip,         503, Retry-After, 'Fri, 17 Apr 2026 12:01:00 GMT', 60",
        "npm/all.zip,         503, Retry-After, soon, -1",
        "npm/modified_id.csv, 500, x, x, -1",
        "npm/modified_id.csv, 404, x, x, -1",
        "npm/modified_id.csv, 403, x, x, -1",
        "npm/all.zip,         403, x, x, -1",
        "npm/MAL-2.json,      500, x, x, -1",
        "npm/MAL-2.json,      429, Retry-After, 7, 7",
        "npm/MAL-2.json,      301, Location, /bucket/npm/MAL-1.json, -1",
    })
    void aServerThatFailsMovesNothing(String path, int status, String header, String value, int wait) {
        // Given
        server.put("npm/all.zip", zip(Map.of("MAL-1.json", record("MAL-1", ARCHIVED))))
                .put("npm/modified_id.csv", LATER + ",MAL-2\n")
                .put("npm/MAL-2.json", record("MAL-2", LATER))
                .put("elsewhere.zip", zip(Map.of("MAL-9.json", record("MAL-9", ARCHIVED))))
                .status(path, status, header, value);

        // When
        FetchFailedException failure = assertThrows(FetchFailedException.class, () -> poll("npm"));

        // Then
        assertEquals(wait < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(wait)), failure.retryAfter());
        assertEquals(path.endsWith("all.zip") ? List.of() : List.of("MAL-1"), kept.published());
        assertEquals(
                Optional.empty(), Optional.ofNullable(kept.places.get("npm")).flatMap(FeedPosition::getSucceededAt));
    }

    @ParameterizedTest
    @ValueSource(strings = {"in an entry", "between two", "in the directory", "the end"})
    void anArchiveThatIsCutOffIsNotTakenForWhole(String where) {
        // Given
        byte[] whole = zip(new LinkedHashMap<>(
                Map.of("MAL-1.json", record("MAL-1", ARCHIVED), "MAL-2.json", record("MAL-2", ARCHIVED))));
        int second = indexOf(whole, new byte[] {'P', 'K', 3, 4}, 4);
        int directory = indexOf(whole, new byte[] {'P', 'K', 1, 2}, 0);
        int length = switch (where) {
            case "in an entry" -> second + 40;
            case "between two" -> second;
            case "in the directory" -> directory + 10;
            default -> whole.length - 5;
        };
        server.put("npm/all.zip", Arrays.copyOf(whole, length)).put("npm/modified_id.csv", "");

        // Then
        assertThrows(FetchFailedException.class, () -> poll("npm"));
        assertEquals(Map.of(), kept.places);
    }

    @Test
    void anArchiveThatUnpacksToFarMoreEndsTheReading() {
        // Given
        server.put("npm/all.zip", zip(Map.of("MAL-1.json", " ".repeat(80 * 1024 * 1024))));

        // Then
        FetchFailedException failure = assertThrows(FetchFailedException.class, () -> poll("npm"));
        assertEquals("archive unpacks to more than is read", failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>Not here</html>",
                "MAL-1,2026-04-17T10:00:00Z",
                "2026-04-17T10:00:00Z,npm/MAL-1",
                "2026-04-17T10:00:00Z,../MAL-1",
                "2026-04-17T10:00:00Z,",
                "yesterday,MAL-1",
            })
    void whatIsNoListIsNoList(String content) throws Exception {
        // Given
        imported();
        server.put("npm/modified_id.csv", content);

        // Then
        assertThrows(FetchFailedException.class, () -> poll("npm"));
    }

    @Test
    void aListWhoseTimesLieAheadHidesNothing() throws Exception {
        // Given
        imported();
        server.put("npm/modified_id.csv", "9999-01-01T00:00:00Z,MAL-9\n")
                .put("npm/MAL-9.json", record("MAL-9", "9999-01-01T00:00:00Z"));
        poll("npm");

        // When
        server.put("npm/modified_id.csv", "9999-01-01T00:00:00Z,MAL-9\n" + LATER + ",MAL-2\n")
                .put("npm/MAL-2.json", record("MAL-2", LATER));
        poll("npm");

        // Then
        assertTrue(kept.published().contains("MAL-2"));
    }

    @Test
    void aListThatIsNotInItsOrderIsReadWhole() throws Exception {
        // Given
        imported();
        String old = "2020-01-01T00:00:00Z,MAL-0\n".repeat(150);
        server.put("npm/modified_id.csv", old.substring(0, 27) + LATER + ",MAL-2\n" + old + LATEST + ",MAL-3\n")
                .put("npm/MAL-2.json", record("MAL-2", LATER))
                .put("npm/MAL-3.json", record("MAL-3", LATEST));

        // When
        poll("npm");

        // Then
        assertEquals(Set.of("MAL-2", "MAL-3"), new TreeSet<>(kept.published()));
    }

    /** What lies behind is not even looked at: a line that would fail the whole list. */
    @Test
    void aListInItsOrderIsReadOnlyAsFarAsItIsNew() throws Exception {
        // Given
        imported();
        server.put("npm/modified_id.csv", LATER + ",MAL-2\n" + "2020-01-01T00:00:00Z,MAL-0\n".repeat(100) + "no line\n")
                .put("npm/MAL-2.json", record("MAL-2", LATER));

        // When
        poll("npm");

        // Then
        assertEquals(List.of("MAL-2"), kept.published());
    }

    @ParameterizedTest
    @ValueSource(strings = {"npm/all.zip", "npm/modified_id.csv", "npm/MAL-2.json"})
    void aServerThatStallsIsGivenUp(String path) {
        // Given
        server.put("npm/all.zip", zip(Map.of("MAL-1.json", record("MAL-1", ARCHIVED))))
                .put("npm/modified_id.csv", LATER + ",MAL-2\n")
                .put("npm/MAL-2.json", record("MAL-2", LATER))
                .stalls(path, path.endsWith("zip") ? new byte[] {'P', 'K'} : "2".getBytes(UTF_8));

        // When
        FetchFailedException failure = assertThrows(FetchFailedException.class, () -> poll("npm"));

        // Then
        assertEquals("answer came too slowly", failure.getMessage());
    }

    @Test
    void theSameFeedAtAnotherAddressBeginsAnew() throws Exception {
        // Given
        imported();
        FeedPosition elsewhere = FeedPosition.newBuilder(place("npm"))
                .setUrl("https://elsewhere.example.com")
                .build();
        kept.places.put("npm", elsewhere);

        // When
        poll("npm");

        // Then
        assertEquals(List.of("MAL-1"), kept.published());
        assertEquals(server.url(), place("npm").getUrl());
    }

    private void imported() throws IOException, InterruptedException {
        server.put("npm/all.zip", zip(Map.of("MAL-1.json", record("MAL-1", ARCHIVED))))
                .put("npm/modified_id.csv", "");
        poll("npm");
        kept.published();
        modified();
        server.asked();
    }

    private void poll(String part) throws IOException, InterruptedException {
        Bucket bucket = Bucket.of("osv", server.url(), List.of("npm"), Duration.ofMinutes(5));
        FeedPosition known = Position.of(bucket, part, Optional.ofNullable(kept.places.get(part)), clock);
        new FolderPoll(bucket, part, client, kept, seen, clock).run(known);
    }

    /** Of what was published since the last call. */
    private List<Instant> modified() {
        List<Instant> since = List.copyOf(kept.modified);
        kept.modified.clear();
        return since;
    }

    private FeedPosition place(String part) {
        return Optional.ofNullable(kept.places.get(part)).orElseThrow();
    }

    private static int indexOf(byte[] bytes, byte[] sought, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (Arrays.equals(sought, Arrays.copyOfRange(bytes, i, Math.min(bytes.length, i + sought.length)))) {
                return i;
            }
        }
        throw new AssertionError("not there");
    }
}
