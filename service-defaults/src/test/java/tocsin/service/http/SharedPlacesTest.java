package tocsin.service.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharedPlacesTest {

    private final SharedPlaces places = new SharedPlaces(3, 2);

    @Test
    void letsNobodyInBeyondTheMostOfOne() {
        // Given
        SharedPlaces many = new SharedPlaces(6, 2);
        SharedPlaces.Place first = many.enter("ann").orElseThrow();
        assertTrue(many.enter("ann").isPresent());

        // Then
        assertTrue(many.enter("ann").isEmpty());
        assertTrue(many.enter("bob").isPresent());
        first.close();
        assertTrue(many.enter("ann").isPresent());
    }

    @Test
    void letsNobodyInBeyondTheMostOfAll() {
        // Given
        SharedPlaces.Place first = places.enter("ann").orElseThrow();
        assertTrue(places.enter("bob").isPresent());
        assertTrue(places.enter("cid").isPresent());

        // Then
        assertTrue(places.enter("dan").isEmpty());
        first.close();
        assertFalse(places.enter("dan").isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 8, 20})
    void leavesAPlaceToAThirdHoweverMuchTwoAskFor(int most) {
        // Given
        SharedPlaces few = new SharedPlaces(most, Math.max(1, most / 2));

        // When
        takeAll(few, "ann");
        takeAll(few, "bob");

        // Then
        assertTrue(few.enter("cid").isPresent());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "4, 2", "8, 4"})
    void givesOneAloneAsMuchAsOneMayHave(int most, int expected) {
        assertEquals(expected, takeAll(new SharedPlaces(most, Math.max(1, most / 2)), "ann"));
    }

    private static int takeAll(SharedPlaces places, String who) {
        int taken = 0;
        while (places.enter(who).isPresent()) {
            taken++;
        }
        return taken;
    }
}
