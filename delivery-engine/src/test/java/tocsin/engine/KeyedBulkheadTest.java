package tocsin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets the places there are: so many of each key, keys and retries by turns, and always room for one more owner. */
class KeyedBulkheadTest {

    @Test
    void startsAsManyOfAKeyAsItMay() {
        var bulkhead = ScriptedBulkhead.of(10, 2, 5, 0);
        bulkhead.admit("a1", "a2", "a3", "a4");
        assertEquals(List.of("a1", "a2"), bulkhead.started());
        bulkhead.ends("a");
        assertEquals(List.of("a1", "a2", "a3"), bulkhead.started());
    }

    /** One sign for each that ends: a point where it is well, an x where it fails; then how many run. */
    @ParameterizedTest
    @CsvSource({
        "'', 4",
        "., 5",
        ".., 6",
        "..x, 5",
        "x, 4",
        "x.., 6",
        "............, 16",
        "................, 16",
        "................x, 15",
        "................x...., 12",
        "................xx...., 10"
    })
    void startsMoreOfAKeyAtATimeTheMoreOfItEnd(String ends, int running) {
        // Given
        var bulkhead = ScriptedBulkhead.of(100, 16, 100, 0);
        for (int n = 0; n < 50; n++) {
            bulkhead.admit("a1");
        }

        // When
        ends.chars().forEach(end -> {
            if (end == 'x') {
                bulkhead.fails("a");
            } else {
                bulkhead.ends("a");
            }
        });

        // Then
        assertEquals(running, bulkhead.running());
    }

    @Test
    void startsFewOfAKeyThatWasIdle() {
        // Given
        var bulkhead = ScriptedBulkhead.of(100, 16, 100, 0);
        bulkhead.admit("a1", "a2", "a3", "a4", "a5");
        for (int n = 0; n < 5; n++) {
            bulkhead.ends("a");
        }

        // When
        bulkhead.admit("a1", "a2", "a3", "a4", "a5");

        // Then
        assertEquals(4, bulkhead.running());
    }

    @Test
    void keepsNoKeyWaitingForAnother() {
        var bulkhead = ScriptedBulkhead.of(10, 2, 5, 0);
        bulkhead.admit("a1", "a2", "a3", "b1");
        assertEquals(List.of("a1", "a2", "b1"), bulkhead.started());
    }

    @Test
    void letsKeysTakeTurns() {
        var bulkhead = ScriptedBulkhead.of(1, 1, 5, 0);
        bulkhead.admit("x1", "a1", "a2", "a3", "b1", "c1");
        for (String key : List.of("x", "a", "b", "c", "a")) {
            bulkhead.ends(key);
        }
        assertEquals(List.of("x1", "a1", "b1", "c1", "a2", "a3"), bulkhead.started());
    }

    @Test
    void keepsPlacesForFirstAttempts() {
        // Given
        var bulkhead = ScriptedBulkhead.of(4, 4, 10, 0.5);
        // When
        bulkhead.admit("ra1", "rb1", "rc1", "rd1", "e1", "f1", "g1");
        // Then
        assertEquals(List.of("ra1", "rb1", "e1", "f1"), bulkhead.started());
        bulkhead.retryEnds("a");
        assertEquals(List.of("ra1", "rb1", "e1", "f1", "rc1"), bulkhead.started());
    }

    @Test
    void givesFirstAttemptsAndRetriesTurnsSoThatNeitherStarves() {
        var bulkhead = ScriptedBulkhead.of(1, 1, 10, 0);
        bulkhead.admit("x1", "ra1", "rb1", "c1", "d1");
        bulkhead.ends("x");
        bulkhead.retryEnds("a");
        bulkhead.ends("c");
        bulkhead.retryEnds("b");
        assertEquals(List.of("x1", "ra1", "c1", "rb1", "d1"), bulkhead.started());
    }

    @Test
    void givesARetryAPlaceHoweverSmallItsShare() {
        var bulkhead = ScriptedBulkhead.of(1, 1, 1, 0.9);
        bulkhead.admit("ra1");
        assertEquals(List.of("ra1"), bulkhead.started());
    }

    /** Owners with one endless line of keys each: how many places each gets of a dozen, and how many are left. */
    @ParameterizedTest
    @CsvSource({"A, 6", "AB, 4 4", "ABC, 3 3 3", "ABCD, 3 3 2 2", "ABCDEFGHIJKL, 1 1 1 1 1 1 1 1 1 1 1 1"})
    void leavesRoomForOneMoreOwner(String owners, String places) {
        // Given
        var bulkhead = ScriptedBulkhead.of(12, 1, 100, 0);

        // When
        for (int key = 0; key < 12; key++) {
            for (String owner : owners.chars().mapToObj(Character::toString).toList()) {
                bulkhead.admit(owner + (char) ('a' + key) + "1");
            }
        }

        // Then
        assertEquals(
                places,
                owners.chars()
                        .mapToObj(Character::toString)
                        .map(owner -> bulkhead.started().stream()
                                .filter(it -> it.startsWith(owner))
                                .count())
                        .filter(count -> count > 0)
                        .map(String::valueOf)
                        .collect(Collectors.joining(" ")));
    }

    @Test
    void startsTheKeysOfAnOwnerAtItsShareOnceOthersAreDone() {
        // Given
        var bulkhead = ScriptedBulkhead.of(6, 1, 5, 0);
        bulkhead.admit("Aa1", "Ab1", "Ac1", "Ad1", "Ba1");
        assertEquals(List.of("Aa1", "Ab1", "Ac1", "Ba1"), bulkhead.started());

        // When
        bulkhead.ends("Aa");

        // Then
        assertEquals(List.of("Aa1", "Ab1", "Ac1", "Ba1", "Ad1"), bulkhead.started());
    }

    @Test
    void startsNothingThatWasWithdrawn() {
        var bulkhead = ScriptedBulkhead.of(10, 1, 5, 0);
        bulkhead.admit("a1", "a2", "a3");
        bulkhead.withdraw("a2"::equals);
        bulkhead.ends("a");
        assertEquals(List.of("a1", "a3"), bulkhead.started());
    }

    @Test
    void noticesAReleaseTooMany() {
        var bulkhead = ScriptedBulkhead.of(10, 1, 5, 0);
        bulkhead.admit("a1");
        bulkhead.ends("a");
        assertThrows(IllegalStateException.class, () -> bulkhead.ends("a"));
        assertEquals(0, bulkhead.running());
    }
}
