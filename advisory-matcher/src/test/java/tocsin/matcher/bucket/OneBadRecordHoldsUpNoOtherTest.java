package tocsin.matcher.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.matcher.bucket.BucketServer.record;
import static tocsin.matcher.bucket.BucketServer.zip;
import static tocsin.matcher.bucket.PolledBucket.ARCHIVED;
import static tocsin.matcher.bucket.PolledBucket.LATER;
import static tocsin.matcher.bucket.PolledBucket.LATEST;
import static tocsin.matcher.bucket.PolledBucket.NOW;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A record that is not there, not the one that is listed, or none at all. */
class OneBadRecordHoldsUpNoOtherTest {

    @AutoClose
    private final PolledBucket polled = new PolledBucket();

    private final BucketServer server = polled.server;

    @Test
    void aRecordThatIsNotThereHoldsUpNobodyAndIsLookedForAgain() throws Exception {
        // Given
        polled.imported();
        server.lists(LATEST + ",MAL-3", LATER + ",MAL-2").has("MAL-3", LATEST);
        polled.poll("npm");
        List<String> first = polled.published();

        // When
        server.has("MAL-2", LATER);
        polled.poll("npm");

        // Then
        assertEquals(List.of("MAL-3"), first);
        assertEquals(List.of("MAL-2 missing"), polled.lacking());
        assertEquals(List.of("MAL-2"), polled.published());
    }

    @Test
    void aRecordThatIsDeniedHoldsUpNobody() throws Exception {
        // Given
        polled.imported();
        server.lists(LATEST + ",MAL-3", LATER + ",MAL-2")
                .status("npm/MAL-2.json", 403)
                .has("MAL-3", LATEST);

        // When
        polled.poll("npm");

        // Then
        assertEquals(List.of("MAL-3"), polled.published());
        assertEquals(List.of("MAL-2 denied"), polled.lacking());
    }

    /** As caches between serve it for a while. */
    @Test
    void theOldTextOfAChangedRecordIsNotTakenForTheChange() throws Exception {
        // Given
        polled.imported();
        server.lists(LATER + ",MAL-1").has("MAL-1", ARCHIVED);
        polled.poll("npm");
        List<Instant> stale = polled.modified();

        // When
        server.lists(LATEST + ",MAL-2", LATER + ",MAL-1").has("MAL-1", LATER).has("MAL-2", LATEST);
        polled.poll("npm");
        List<Instant> fresh = polled.modified();
        server.asked();
        polled.clock.advance(Duration.ofMinutes(5));
        server.lists(NOW + ",MAL-3", LATEST + ",MAL-2", LATER + ",MAL-1").has("MAL-3", NOW.toString());
        polled.poll("npm");

        // Then
        assertEquals(List.of(Instant.parse(ARCHIVED)), stale);
        assertEquals(List.of("MAL-1 older_than_listed"), polled.lacking());
        assertEquals(List.of(Instant.parse(LATER), Instant.parse(LATEST)), fresh);
        assertEquals(List.of("npm/modified_id.csv", "npm/MAL-3.json"), server.asked());
    }

    @Test
    void aListMayTellFractionsOfSecondsThatARecordLeavesOut() throws Exception {
        // Given
        polled.imported();
        server.lists("2026-04-17T10:00:00.25Z,MAL-1").has("MAL-1", LATER);

        // When
        polled.poll("npm");

        // Then
        assertEquals(List.of(), polled.lacking());
    }

    @Test
    void whatCannotBeReadIsPublishedForTheQuarantineToTell() throws Exception {
        // Given
        Map<String, String> records = new LinkedHashMap<>();
        records.put("MAL-1.json", "no JSON");
        records.put("README.txt", "no record");
        records.put("MAL-2.json", "\"" + "a".repeat(800 * 1024) + "\"");
        records.put("MAL-3.json", record("MAL-3", ARCHIVED));
        server.put("npm/all.zip", zip(records)).lists();

        // When
        polled.poll("npm");

        // Then
        assertEquals(List.of("MAL-1.json", "MAL-3"), polled.published());
        assertEquals(List.of("MAL-2.json too_large"), polled.lacking());
    }
}
