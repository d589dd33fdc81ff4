package tocsin.matcher.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.avro.AdvisoryPublished;

class AdvisoryBatchTest {

    private static final Instant NOW = Instant.parse("2026-04-17T10:00:00Z");
    private static final String ONE =
            "{\"id\": \"GHSA-1\", \"modified\":  \"2026-04-17T10:00:00Z\", \"x\": \"\u5b57\"}";
    private static final String TWO = "{\"modified\":\"2026-04-17T10:00:00Z\",\"id\":\"GHSA-2\"}";

    @ParameterizedTest
    @ValueSource(strings = {"[%s,%s]", " [ %s ,\n %s ] \n"})
    void anArrayIsItsElementsAsTheyWereWritten(String form) {
        // When
        AdvisoryBatch batch = AdvisoryBatch.read("osv", form.formatted(ONE, TWO), false, NOW);

        // Then
        assertEquals(
                List.of(
                        new AdvisoryBatch.Item("GHSA-1", new AdvisoryPublished("osv", ONE, NOW)),
                        new AdvisoryBatch.Item("GHSA-2", new AdvisoryPublished("osv", TWO, NOW))),
                batch.taken());
        assertEquals(List.of(), batch.refused());
    }

    @Test
    void anObjectIsOneRecord() {
        AdvisoryBatch batch = AdvisoryBatch.read("osv", "  " + ONE + "\n", false, NOW);

        assertEquals(ONE, batch.taken().getFirst().message().getOsv());
    }

    @Test
    void ofLinesEachIsARecordAndABadOneSpoilsNoOther() {
        // When
        AdvisoryBatch batch = AdvisoryBatch.read("osv", ONE + "\r\n\n{\"id\": \n" + TWO, true, NOW);

        // Then
        assertEquals(
                List.of("GHSA-1", "GHSA-2"),
                batch.taken().stream().map(AdvisoryBatch.Item::id).toList());
        assertEquals(1, batch.refused().size());
        assertEquals(1, batch.refused().getFirst().index());
        assertTrue(batch.refused().getFirst().reason().startsWith("record is no JSON"));
    }

    @Test
    void aBadElementIsRefusedByItsIndexAndTheOthersAreTaken() {
        // When
        AdvisoryBatch batch = AdvisoryBatch.read(
                "osv", "[1, \"text\", " + ONE + ", {\"id\": \"GHSA 3\"}, [], null, " + TWO + "]", false, NOW);

        // Then
        assertEquals(
                List.of("GHSA-1", "GHSA-2"),
                batch.taken().stream().map(AdvisoryBatch.Item::id).toList());
        assertEquals(
                List.of(0, 1, 3, 4, 5),
                batch.refused().stream().map(AdvisoryBatch.Refused::index).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "\"text\"", "[", "[{}", "[{},]", "{", "{} {}", "[] []", "nonsense"})
    void aBodyThatIsNoBatchIsRefusedWhole(String body) {
        assertThrows(IllegalArgumentException.class, () -> AdvisoryBatch.read("osv", body, false, NOW));
    }

    @Test
    void countsAndDepthAreCapped() {
        String many = String.join(",", Collections.nCopies(AdvisoryBatch.MAX_ITEMS + 1, "{}"));

        assertThrows(IllegalArgumentException.class, () -> AdvisoryBatch.read("osv", "[" + many + "]", false, NOW));
        assertThrows(
                IllegalArgumentException.class, () -> AdvisoryBatch.read("osv", many.replace(",", "\n"), true, NOW));
        assertThrows(IllegalArgumentException.class, () -> AdvisoryBatch.read("osv", "[".repeat(5000), false, NOW));
        assertEquals(
                AdvisoryBatch.MAX_ITEMS,
                AdvisoryBatch.read("osv", "[" + many.substring(3) + "]", false, NOW)
                        .refused()
                        .size());
    }

    @Test
    void aRecordThatItsTopicWouldNotTakeIsRefused() {
        // 512 Ki characters of three bytes each
        String large = ONE.replace("\u5b57", "\u5b57".repeat(300_000));

        AdvisoryBatch batch = AdvisoryBatch.read("osv", "[" + large + "," + TWO + "]", false, NOW);

        assertEquals(
                List.of(0),
                batch.refused().stream().map(AdvisoryBatch.Refused::index).toList());
    }
}
