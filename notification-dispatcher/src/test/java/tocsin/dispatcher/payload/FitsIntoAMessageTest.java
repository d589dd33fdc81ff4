package tocsin.dispatcher.payload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.dispatcher.payload.BreachPayloads.match;
import static tocsin.dispatcher.payload.BreachPayloads.payload;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.Match;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Principal;

/** Whatever a match holds, the broker takes its payload: what is left out for that, in which order, and that it is said. */
class FitsIntoAMessageTest {

    @ParameterizedTest
    @CsvSource({"false, 1000, false", "true, 1000, true"})
    void holdsAThousandDownloadsAndSaysWhetherThereAreMore(boolean more, int total, boolean truncated) {
        // Given
        Match match = match(Samples.downloads(1000, "2026-04-15T08:00:00Z"));

        // When
        String json = PrettyJson.of(payload(match, more).json());

        // Then
        assertTrue(json.contains("\"total_downloads\" : " + total), json.substring(json.length() - 600));
        assertTrue(json.contains("\"truncated\" : " + truncated), json.substring(json.length() - 600));
        assertEquals(1000, json.split("\"principal_type\"", -1).length - 1);
    }

    @Test
    void neverGrowsBeyondWhatTheBrokerTakes() {
        // Given a thousand downloads by a bot whose name is as long as one may be, in letters of six bytes each
        Principal bot = Principal.newBuilder(Samples.bot("b1", "r".repeat(256)))
                .setName("\u0001".repeat(256))
                .build();
        List<AffectedDownload> downloads = new ArrayList<>();
        Samples.downloads(1000, "2026-04-15T08:00:00Z")
                .forEach(it -> downloads.add(
                        AffectedDownload.newBuilder(it).setPrincipal(bot).build()));

        // When
        String json = payload(match(downloads), false).json();

        // Then
        assertTrue(json.getBytes(StandardCharsets.UTF_8).length <= BreachPayload.MAX_BYTES);
        String pretty = PrettyJson.of(json);
        assertTrue(pretty.contains("\"truncated\" : true"));
        int kept = pretty.split("\"principal_type\"", -1).length - 1;
        assertTrue(pretty.contains("\"total_downloads\" : " + kept), "kept " + kept);
        // Each is about 1950 bytes: there is no room for one more.
        assertTrue(json.getBytes(StandardCharsets.UTF_8).length > BreachPayload.MAX_BYTES - 2500, "kept " + kept);
    }

    @Test
    void leavesOutWhatNobodyFetchedOfAnAdvisoryThatListsWithoutEnd() {
        // Given
        List<String> listed = IntStream.range(0, 8_000)
                .mapToObj(i -> i + "." + "0".repeat(100))
                .toList();

        // When
        String json = payload(
                        Samples.read(Samples.matched(
                                "org:acme",
                                Samples.advisory().setVersions(listed),
                                Samples.downloads(2, "2026-04-15T08:00:00Z"))),
                        false)
                .json();

        // Then
        assertTrue(PrettyJson.of(json).contains("\"affected_versions\" : [ \"1.0.0\" ]"), json);
        assertTrue(PrettyJson.of(json).contains("\"total_downloads\" : 2"), json);
    }

    @Test
    void leavesOutWhatNobodyFetchedBeforeAnyDownload() {
        // Given half a million characters of versions, beside which half of the downloads would fit
        List<String> listed = IntStream.range(0, 5_700)
                .mapToObj(i -> i + "." + "0".repeat(100))
                .toList();

        // When
        String json = PrettyJson.of(payload(
                        Samples.read(Samples.matched(
                                "org:acme",
                                Samples.advisory().setVersions(listed),
                                Samples.downloads(1000, "2026-04-15T08:00:00Z"))),
                        false)
                .json());

        // Then
        assertTrue(json.contains("\"affected_versions\" : [ \"1.0.0\" ]"), json.substring(0, 1000));
        assertTrue(json.contains("\"total_downloads\" : 1000"), json.substring(json.length() - 600));
        assertTrue(json.contains("\"truncated\" : false"), json.substring(json.length() - 600));
    }
}
