package tocsin.matcher.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.bucket.BucketServer.record;
import static tocsin.matcher.bucket.PolledBucket.ARCHIVED;
import static tocsin.matcher.bucket.PolledBucket.LATER;
import static tocsin.matcher.bucket.PolledBucket.LATEST;
import static tocsin.matcher.bucket.PolledBucket.NOW;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** However late or in whatever order a list names a change, it is read, and once. */
class MissesNoChangeTest {

    @AutoClose
    private final PolledBucket polled = new PolledBucket();

    private final BucketServer server = polled.server;

    @Test
    void aRecordThatIsListedADayLateIsFetchedAndNoneOfThoseThatWereKnown() throws Exception {
        // Given
        polled.imported();
        server.lists(LATEST + ",MAL-3", ARCHIVED + ",MAL-1").has("MAL-3", LATEST);
        polled.poll("npm");
        polled.published();
        server.asked();

        // When
        String dayBefore = "2026-04-16T11:00:00Z";
        server.lists(LATEST + ",MAL-3", dayBefore + ",MAL-2", ARCHIVED + ",MAL-1")
                .has("MAL-2", dayBefore);
        polled.poll("npm");

        // Then
        assertEquals(List.of("MAL-2"), polled.published());
        assertEquals(List.of("npm/modified_id.csv", "npm/MAL-2.json"), server.asked());
    }

    /** As after all of a bucket was written anew: else such a folder would be read again at each look. */
    @Test
    void whereMoreLiesBehindThanCanBeRememberedOnlyNewsIsRead() throws Exception {
        // Given
        polled.imported();
        StringBuilder list = new StringBuilder(LATER + ",MAL-2\n");
        for (int i = 0; i <= ChangeList.MOST_CHANGES; i++) {
            list.append(ARCHIVED).append(",OLD-").append(i).append('\n');
        }
        server.put("npm/modified_id.csv", list.toString()).has("MAL-2", LATER);

        // When
        polled.poll("npm");

        // Then
        assertEquals(List.of("MAL-2"), polled.published());
        assertEquals(List.of("modified_id.csv too_many_of_the_same_days"), polled.lacking());
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
        polled.poll(Bucket.ROOT);
        Optional<Instant> succeeded = polled.place(Bucket.ROOT).getSucceededAt();
        Set<String> one = new TreeSet<>(polled.published());
        polled.poll(Bucket.ROOT);

        // Then
        assertEquals(ChangeList.MOST_CHANGES, one.size());
        assertTrue(one.contains("MAL-0"));
        assertEquals(Optional.empty(), succeeded);
        assertEquals(
                Set.of("MAL-" + (all - 3), "MAL-" + (all - 2), "MAL-" + (all - 1)), new TreeSet<>(polled.published()));
        assertEquals(Optional.of(NOW), polled.place(Bucket.ROOT).getSucceededAt());
    }

    @Test
    void aListWhoseTimesLieAheadHidesNothing() throws Exception {
        // Given
        polled.imported();
        server.lists("9999-01-01T00:00:00Z,MAL-9").has("MAL-9", "9999-01-01T00:00:00Z");
        polled.poll("npm");

        // When
        server.lists("9999-01-01T00:00:00Z,MAL-9", LATER + ",MAL-2").has("MAL-2", LATER);
        polled.poll("npm");

        // Then
        assertTrue(polled.published().contains("MAL-2"));
    }

    @Test
    void aListThatIsNotInItsOrderIsReadWhole() throws Exception {
        // Given
        polled.imported();
        String old = "2020-01-01T00:00:00Z,MAL-0\n".repeat(150);
        server.put("npm/modified_id.csv", old.substring(0, 27) + LATER + ",MAL-2\n" + old + LATEST + ",MAL-3\n")
                .has("MAL-2", LATER)
                .has("MAL-3", LATEST);

        // When
        polled.poll("npm");

        // Then
        assertEquals(Set.of("MAL-2", "MAL-3"), new TreeSet<>(polled.published()));
    }

    /** What lies behind is not even looked at: a line that would fail the whole list. */
    @Test
    void aListInItsOrderIsReadOnlyAsFarAsItIsNew() throws Exception {
        // Given
        polled.imported();
        server.put("npm/modified_id.csv", LATER + ",MAL-2\n" + "2020-01-01T00:00:00Z,MAL-0\n".repeat(100) + "no line\n")
                .has("MAL-2", LATER);

        // When
        polled.poll("npm");

        // Then
        assertEquals(List.of("MAL-2"), polled.published());
    }

    @Test
    void aLineThatIsNoneHidesNoOther() throws Exception {
        // Given
        polled.imported();
        server.lists(
                        LATEST + ",MAL 3",
                        "yesterday,MAL-4",
                        "x".repeat(5000),
                        LATER + ",MAL-2",
                        ARCHIVED + ",MAL-1",
                        ARCHIVED + ",MAL-0")
                .has("MAL-0", ARCHIVED)
                .has("MAL-2", LATER);

        // When
        polled.poll("npm");

        // Then
        assertEquals(List.of("MAL-0", "MAL-2"), polled.published());
        assertEquals(List.of("modified_id.csv lines_not_read"), polled.lacking());
    }
}
