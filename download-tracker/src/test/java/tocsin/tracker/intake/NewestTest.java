package tocsin.tracker.intake;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;

class NewestTest {

    @Test
    void forgetsWhatWasAskedForLongestAgoOnceThereAreTooMany() {
        // Given
        Newest<String> newest = new Newest<>(2);
        newest.put(1, "one");
        newest.put(2, "two");
        assertEquals("one", newest.get(1));

        // When
        newest.put(3, "three");

        // Then
        assertEquals(Set.of(1, 3), newest.keySet());
    }
}
