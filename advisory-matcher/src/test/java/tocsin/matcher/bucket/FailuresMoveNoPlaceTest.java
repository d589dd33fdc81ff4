package tocsin.matcher.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static tocsin.matcher.bucket.BucketServer.record;
import static tocsin.matcher.bucket.BucketServer.zip;
import static tocsin.matcher.bucket.PolledBucket.ARCHIVED;
import static tocsin.matcher.bucket.PolledBucket.LATER;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.avro.FeedPosition;

/** What a server does not give whole, in time or in its form is no reason to go on behind it. */
class FailuresMoveNoPlaceTest {

    @AutoClose
    private final PolledBucket polled = new PolledBucket();

    private final BucketServer server = polled.server;

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
        server.archives("MAL-1", ARCHIVED)
                .lists(LATER + ",MAL-2")
                .has("MAL-2", LATER)
                .put("elsewhere.zip", zip(Map.of("MAL-9.json", record("MAL-9", ARCHIVED))))
                .status(path, status, header, value);

        // When
        FetchFailedException failure = assertThrows(FetchFailedException.class, () -> polled.poll("npm"));

        // Then
        assertEquals(wait < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(wait)), failure.retryAfter());
        assertEquals(path.endsWith("all.zip") ? List.of() : List.of("MAL-1"), polled.published());
        assertEquals(
                Optional.empty(), Optional.ofNullable(polled.places.get("npm")).flatMap(FeedPosition::getSucceededAt));
    }

    @ParameterizedTest
    @ValueSource(strings = {"npm/all.zip", "npm/modified_id.csv", "npm/MAL-2.json"})
    void aServerThatStallsIsGivenUp(String path) {
        // Given
        server.archives("MAL-1", ARCHIVED)
                .lists(LATER + ",MAL-2")
                .has("MAL-2", LATER)
                .stalls(path, path.endsWith("zip") ? new byte[] {'P', 'K'} : "2".getBytes(UTF_8));

        // When
        FetchFailedException failure = assertThrows(FetchFailedException.class, () -> polled.poll("npm"));

        // Then
        assertEquals("answer came too slowly", failure.getMessage());
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
        server.put("npm/all.zip", Arrays.copyOf(whole, length)).lists();

        // Then
        assertThrows(FetchFailedException.class, () -> polled.poll("npm"));
        assertEquals(Map.of(), polled.places);
    }

    @Test
    void anArchiveThatUnpacksToFarMoreEndsTheReading() {
        // Given
        server.put("npm/all.zip", zip(Map.of("MAL-1.json", " ".repeat(80 * 1024 * 1024))));

        // Then
        FetchFailedException failure = assertThrows(FetchFailedException.class, () -> polled.poll("npm"));
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
        polled.imported();
        server.put("npm/modified_id.csv", content);

        // Then
        assertThrows(FetchFailedException.class, () -> polled.poll("npm"));
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
