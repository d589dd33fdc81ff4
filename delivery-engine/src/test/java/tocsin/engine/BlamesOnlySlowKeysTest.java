package tocsin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Only of a key that is slow itself is anything refused or taken back: not of a burst, not for want of places, not where most are behind. */
class BlamesOnlySlowKeysTest {

    @Test
    void refusesWhatASlowKeyCannotQueue() {
        var bulkhead = ScriptedBulkhead.of(10, 1, 2, 0);
        bulkhead.admit("a1", "a2", "a3");
        bulkhead.passes(500);
        assertFalse(bulkhead.takes("a4"));
        assertTrue(bulkhead.takes("b1"));
        bulkhead.ends("a");
        assertTrue(bulkhead.takes("a4"));
    }

    @Test
    void takesBackTheEndOfALineThatStandsStill() {
        // Given
        var bulkhead = ScriptedBulkhead.of(10, 1, 2, 0);
        bulkhead.admit("a1", "a2", "a3", "a4", "a5", "b1", "b2");
        assertEquals(List.of(), bulkhead.takeSurplus());
        // When
        bulkhead.passes(250);
        List<String> surplus = bulkhead.takeSurplus();
        // Then
        assertEquals(List.of("a5", "a4"), surplus);
        assertEquals(3, bulkhead.waiting());
        assertEquals(List.of(), bulkhead.takeSurplus());
    }

    @Test
    void letsABurstForAQuickKeyWaitInLine() {
        // Given
        var bulkhead = ScriptedBulkhead.of(10, 1, 2, 0);
        bulkhead.admit("a1", "a2", "a3");
        // When
        for (int n = 4; n < 100; n++) {
            bulkhead.passes(10);
            bulkhead.ends("a");
            assertTrue(bulkhead.takes("a" + n));
            assertTrue(bulkhead.takes("a" + n + "b"));
        }
        // Then
        assertTrue(bulkhead.waiting() > 90);
        assertEquals(List.of(), bulkhead.takeSurplus());
    }

    @Test
    void refusesNoKeyThatWaitsOnlyBecauseAllPlacesAreTaken() {
        var bulkhead = ScriptedBulkhead.of(1, 2, 1, 0);
        bulkhead.admit("a1", "b1", "b2", "b3");
        bulkhead.passes(10_000);
        bulkhead.admit("b4");
        assertEquals(List.of("a1"), bulkhead.started());
        assertEquals(List.of(), bulkhead.takeSurplus());
    }

    @Test
    void refusesWhatAnOwnerAtItsShareCannotQueue() {
        // Given
        var bulkhead = ScriptedBulkhead.of(4, 2, 1, 0);
        bulkhead.admit("Aa1", "Ab1", "Ac1", "Ac2", "Ba1");

        // When
        bulkhead.passes(2_000);

        // Then
        assertFalse(bulkhead.takes("Ac3"));
        assertEquals(List.of("Ac2"), bulkhead.takeSurplus());
    }

    @Test
    void blamesNoKeyWhereMostAreBehind() {
        // Given
        var bulkhead = ScriptedBulkhead.of(10, 1, 1, 0);
        bulkhead.admit("a1", "b1", "c1", "d1", "a2", "b2", "c2", "d2");
        // When
        bulkhead.passes(5_000);
        // Then
        bulkhead.admit("a3", "b3");
        assertEquals(List.of(), bulkhead.takeSurplus());
    }

    @Test
    void blamesNoKeyWhereMostAreBehindAtTheirFirstWindow() {
        // Given
        var bulkhead = ScriptedBulkhead.of(100, 16, 1, 0);
        for (String key : List.of("a", "b", "c", "d")) {
            for (int n = 0; n < 6; n++) {
                bulkhead.admit(key + "1");
            }
        }

        // When
        bulkhead.passes(5_000);

        // Then
        assertEquals(List.of(), bulkhead.takeSurplus());
        // Two of them are idle, and no longer behind.
        for (int n = 0; n < 6; n++) {
            bulkhead.ends("c");
            bulkhead.ends("d");
        }
        bulkhead.passes(5_000);
        assertEquals(List.of("a1", "b1"), bulkhead.takeSurplus());
    }

    @Test
    void countsNoKeyAsBehindOfWhichNothingWaits() {
        // Given
        var bulkhead = ScriptedBulkhead.of(100, 16, 1, 0);
        for (String key : List.of("b", "c", "d")) {
            bulkhead.admit(key + "1", key + "2", key + "3", key + "4");
        }
        bulkhead.admit("a1", "a2", "a3", "a4", "a5", "a6", "a7");

        // When
        bulkhead.passes(5_000);

        // Then
        assertEquals(List.of("a7", "a6"), bulkhead.takeSurplus());
    }

    @Test
    void blamesTheSlowOnesWhereMostAreNotBehind() {
        // Given
        var bulkhead = ScriptedBulkhead.of(10, 1, 1, 0);
        bulkhead.admit("a1", "b1", "c1", "d1", "a2", "b2", "a3");
        bulkhead.ends("c");
        bulkhead.ends("d");
        // When
        bulkhead.passes(5_000);
        // Then
        assertFalse(bulkhead.takes("b3"));
        assertEquals(List.of("a3"), bulkhead.takeSurplus());
    }

    @Test
    void blamesThoseWhoseAttemptsFailThoughTheyAreMost() {
        // Given
        var bulkhead = ScriptedBulkhead.of(100, 2, 1, 0);
        for (String key : List.of("a", "b", "c", "d")) {
            bulkhead.admit(key + "1", key + "2", key + "3", key + "4", key + "5");
        }
        for (String key : List.of("a", "b", "c")) {
            bulkhead.fails(key);
        }

        // When
        bulkhead.passes(5_000);

        // Then
        assertEquals(List.of("a5", "b5", "c5", "d5", "d4"), bulkhead.takeSurplus());
    }
}
