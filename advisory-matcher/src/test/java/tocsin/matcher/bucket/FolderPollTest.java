package tocsin.matcher.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.matcher.bucket.BucketServer.record;
import static tocsin.matcher.bucket.BucketServer.zip;
import static tocsin.matcher.bucket.PolledBucket.ARCHIVED;
import static tocsin.matcher.bucket.PolledBucket.LATER;
import static tocsin.matcher.bucket.PolledBucket.LATEST;
import static tocsin.matcher.bucket.PolledBucket.NOW;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.FeedPosition;

/** The way from the archive to the changes, one folder of a bucket at a time. */
class FolderPollTest {

    @AutoClose
    private final PolledBucket polled = new PolledBucket();

    private final BucketServer server = polled.server;

    @Test
    void readsTheArchiveFirstAndThenOnlyWhatChanged() throws Exception {
        // Given
        server.archives("MAL-1", ARCHIVED).lists(ARCHIVED + ",MAL-1");
        polled.poll("npm");
        List<String> first = polled.published();
        server.asked();

        // When
        server.lists(LATEST + ",MAL-3", LATER + ",MAL-2", ARCHIVED + ",MAL-1")
                .has("MAL-2", LATER)
                .has("MAL-3", LATEST);
        polled.poll("npm");

        // Then
        assertEquals("MAL-1", first.getFirst());
        assertEquals(List.of("MAL-2", "MAL-3"), polled.published());
        assertTrue(!server.asked().contains("npm/all.zip"));
        assertEquals(Optional.of(Instant.parse(LATEST)), polled.place("npm").getThrough());
        assertEquals(Optional.of(NOW), polled.place("npm").getSucceededAt());
    }

    @Test
    void asksForNothingElseWhileTheListIsTheSame() throws Exception {
        // Given
        server.archives("MAL-1", ARCHIVED).lists(LATER + ",MAL-2").has("MAL-2", LATER);
        polled.poll("npm");
        polled.published();
        server.asked();
        polled.clock.advance(Duration.ofMinutes(5));

        // When
        polled.anotherInstance();
        polled.poll("npm");

        // Then
        assertEquals(List.of("npm/modified_id.csv"), server.asked());
        assertEquals(List.of(), polled.published());
        assertEquals(Optional.of(NOW.plusSeconds(300)), polled.place("npm").getSucceededAt());
    }

    @Test
    void anotherInstanceGoesOnWhereTheLastOneStopped() throws Exception {
        // Given
        Map<String, String> records = new LinkedHashMap<>();
        for (int i = 0; i < 12_000; i++) {
            records.put("MAL-" + i + ".json", record("MAL-" + i, ARCHIVED));
        }
        server.put("npm/all.zip", zip(records)).lists();
        polled.refusesAfter(7000);
        assertThrows(IOException.class, () -> polled.poll("npm"));
        int before = polled.published().size();
        polled.refusesAfter(Integer.MAX_VALUE);

        // When
        polled.anotherInstance();
        polled.poll("npm");

        // Then
        assertEquals(7000, before);
        List<String> rest = polled.published();
        assertEquals("MAL-5000", rest.getFirst());
        assertEquals(7000, rest.size());
        assertEquals(Optional.of(Instant.parse(ARCHIVED)), polled.place("npm").getThrough());
    }

    @Test
    void aPlaceMovesOnlyAfterWhatLiesBeforeItIsPublished() throws Exception {
        // Given
        polled.imported();
        server.lists(LATEST + ",MAL-3", LATER + ",MAL-2").has("MAL-2", LATER).has("MAL-3", LATEST);
        polled.refusesAfter(0);

        // When
        assertThrows(IOException.class, () -> polled.poll("npm"));

        // Then
        assertEquals(Optional.of(Instant.parse(ARCHIVED)), polled.place("npm").getThrough());

        // When
        polled.refusesAfter(Integer.MAX_VALUE);
        polled.poll("npm");

        // Then
        assertEquals(List.of("MAL-2", "MAL-3"), polled.published());
    }

    @Test
    void findsWithdrawalsThatLieOutsideOfTheFolders() throws Exception {
        // Given
        server.put("modified_id.csv", LATEST + ",[EMPTY]/MAL-1\n" + LATER + ",Go/GO-1\n" + LATER + ",npm/MAL-2\n")
                .put(
                        "[EMPTY]/MAL-1.json",
                        "{\"id\": \"MAL-1\", \"modified\": \"" + LATEST + "\", \"withdrawn\": \"" + LATEST + "\"}");

        // When
        polled.poll(Bucket.ROOT);

        // Then
        assertEquals(List.of("MAL-1"), polled.published());
        assertEquals(List.of("modified_id.csv", "[EMPTY]/MAL-1.json"), server.asked());
    }

    @Test
    void aBucketWithoutAListOfAllIsReadAllTheSame() throws Exception {
        polled.poll(Bucket.ROOT);
        polled.poll(Bucket.ROOT);

        assertEquals(Optional.of(NOW), polled.place(Bucket.ROOT).getSucceededAt());
        assertEquals(List.of("modified_id.csv no_list_of_all"), polled.lacking());
    }

    @Test
    void theSameFeedAtAnotherAddressBeginsAnew() throws Exception {
        // Given
        polled.imported();
        FeedPosition elsewhere = FeedPosition.newBuilder(polled.place("npm"))
                .setUrl("https://elsewhere.example.com")
                .build();
        polled.places.put("npm", elsewhere);

        // When
        polled.poll("npm");

        // Then
        assertEquals(List.of("MAL-1"), polled.published());
        assertEquals(server.url(), polled.place("npm").getUrl());
    }
}
