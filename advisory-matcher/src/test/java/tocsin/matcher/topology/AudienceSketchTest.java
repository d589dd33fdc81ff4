package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AudienceSketchTest {

    @ParameterizedTest
    @CsvSource({
        // audiences, off by at most
        "0, 0",
        "1, 0",
        "2, 0",
        "8, 1",
        "60, 4",
        "100, 8",
        "1000, 150",
        "30000, 4500",
        "400000, 60000",
    })
    void tellsAboutHowManyThereAre(int audiences, int error) {
        assertEquals(audiences, sketchOf(audiences).estimate(), error);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50, 70, 5000})
    void addingSomebodyAgainChangesNothing(int audiences) {
        // Given
        AudienceSketch sketch = sketchOf(audiences);

        // Then
        for (int i = 0; i < audiences; i++) {
            assertFalse(sketch.add(audience(i)));
        }
    }

    @Test
    void neverTellsFewerAfterMore() {
        // Given
        AudienceSketch sketch = AudienceSketch.ofNobody();
        int told = 0;

        // Then
        for (int i = 0; i < 3000; i++) {
            sketch.add(audience(i));
            int reached = Integer.highestOneBit(sketch.estimate());
            assertTrue(reached >= told || told == 512, i + ": " + reached + " after " + told);
            told = Math.max(told, reached);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 64, 65, 2000})
    void survivesItsEncodingAndStaysSmall(int audiences) {
        // Given
        byte[] encoded = sketchOf(audiences).encode();

        // When
        AudienceSketch read = AudienceSketch.decode(encoded);

        // Then
        assertArrayEquals(encoded, read.encode());
        assertEquals(sketchOf(audiences).estimate(), read.estimate());
        assertTrue(encoded.length <= Math.min(257, 1 + 2 * audiences));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 258})
    void refusesWhatIsNoSketch(int length) {
        assertThrows(IllegalStateException.class, () -> AudienceSketch.decode(new byte[length]));
    }

    private static AudienceSketch sketchOf(int audiences) {
        AudienceSketch sketch = AudienceSketch.ofNobody();
        for (int i = 0; i < audiences; i++) {
            sketch.add(audience(i));
        }
        return sketch;
    }

    private static String audience(int i) {
        return "org:organisation-" + i;
    }
}
