package tocsin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Items are named by their key and a number; an r in front makes a retry. */
class KeyedBulkheadTest {

    private final List<String> started = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void startsAsManyOfAKeyAsItMay() {
        var bulkhead = bulkhead(10, 2, 5, 0);
        admit(bulkhead, "a1", "a2", "a3", "a4");
        assertEquals(List.of("a1", "a2"), started);
        bulkhead.release("a", false, false);
        assertEquals(List.of("a1", "a2", "a3"), started);
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
        var bulkhead = bulkhead(100, 16, 100, 0);
        for (int n = 0; n < 50; n++) {
            admit(bulkhead, "a1");
        }

        // When
        ends.chars().forEach(end -> bulkhead.release("a", false, end == 'x'));

        // Then
        assertEquals(running, bulkhead.running());
    }

    @Test
    void startsFewOfAKeyThatWasIdle() {
        // Given
        var bulkhead = bulkhead(100, 16, 100, 0);
        admit(bulkhead, "a1", "a2", "a3", "a4", "a5");
        for (int n = 0; n < 5; n++) {
            bulkhead.release("a", false, false);
        }

        // When
        admit(bulkhead, "a1", "a2", "a3", "a4", "a5");

        // Then
        assertEquals(4, bulkhead.running());
    }

    @Test
    void blamesNoKeyWhereMostAreBehindAtTheirFirstWindow() {
        // Given
        var bulkhead = bulkhead(100, 16, 1, 0);
        for (String key : List.of("a", "b", "c", "d")) {
            for (int n = 0; n < 6; n++) {
                admit(bulkhead, key + "1");
            }
        }

        // When
        passes(5_000);

        // Then
        assertEquals(List.of(), bulkhead.takeSurplus());
        // Two of them are idle, and no longer behind.
        for (int n = 0; n < 6; n++) {
            bulkhead.release("c", false, false);
            bulkhead.release("d", false, false);
        }
        passes(5_000);
        assertEquals(List.of("a1", "b1"), bulkhead.takeSurplus());
    }

    @Test
    void countsNoKeyAsBehindOfWhichNothingWaits() {
        // Given
        var bulkhead = bulkhead(100, 16, 1, 0);
        for (String key : List.of("b", "c", "d")) {
            admit(bulkhead, key + "1", key + "2", key + "3", key + "4");
        }
        admit(bulkhead, "a1", "a2", "a3", "a4", "a5", "a6", "a7");

        // When
        passes(5_000);

        // Then
        assertEquals(List.of("a7", "a6"), bulkhead.takeSurplus());
    }

    @Test
    void blamesThoseWhoseAttemptsFailThoughTheyAreMost() {
        // Given
        var bulkhead = bulkhead(100, 2, 1, 0);
        for (String key : List.of("a", "b", "c", "d")) {
            admit(bulkhead, key + "1", key + "2", key + "3", key + "4", key + "5");
        }
        for (String key : List.of("a", "b", "c")) {
            bulkhead.release(key, false, true);
        }

        // When
        passes(5_000);

        // Then
        assertEquals(List.of("a5", "b5", "c5", "d5", "d4"), bulkhead.takeSurplus());
    }

    @Test
    void keepsNoKeyWaitingForAnother() {
        var bulkhead = bulkhead(10, 2, 5, 0);
        admit(bulkhead, "a1", "a2", "a3", "b1");
        assertEquals(List.of("a1", "a2", "b1"), started);
    }

    @Test
    void refusesWhatASlowKeyCannotQueue() {
        var bulkhead = bulkhead(10, 1, 2, 0);
        admit(bulkhead, "a1", "a2", "a3");
        passes(500);
        assertFalse(bulkhead.admit("a", "", false, "a4"));
        assertTrue(bulkhead.admit("b", "", false, "b1"));
        bulkhead.release("a", false, false);
        assertTrue(bulkhead.admit("a", "", false, "a4"));
    }

    @Test
    void letsABurstForAQuickKeyWaitInLine() {
        // Given
        var bulkhead = bulkhead(10, 1, 2, 0);
        admit(bulkhead, "a1", "a2", "a3");
        // When
        for (int n = 4; n < 100; n++) {
            passes(10);
            bulkhead.release("a", false, false);
            assertTrue(bulkhead.admit("a", "", false, "a" + n));
            assertTrue(bulkhead.admit("a", "", false, "a" + n + "b"));
        }
        // Then
        assertTrue(bulkhead.waiting() > 90);
        assertEquals(List.of(), bulkhead.takeSurplus());
    }

    @Test
    void takesBackTheEndOfALineThatStandsStill() {
        // Given
        var bulkhead = bulkhead(10, 1, 2, 0);
        admit(bulkhead, "a1", "a2", "a3", "a4", "a5", "b1", "b2");
        assertEquals(List.of(), bulkhead.takeSurplus());
        // When
        passes(250);
        List<String> surplus = bulkhead.takeSurplus();
        // Then
        assertEquals(List.of("a5", "a4"), surplus);
        assertEquals(3, bulkhead.waiting());
        assertEquals(List.of(), bulkhead.takeSurplus());
    }

    @Test
    void refusesNoKeyThatWaitsOnlyBecauseAllPlacesAreTaken() {
        var bulkhead = bulkhead(1, 2, 1, 0);
        admit(bulkhead, "a1", "b1", "b2", "b3");
        passes(10_000);
        admit(bulkhead, "b4");
        assertEquals(List.of("a1"), started);
        assertEquals(List.of(), bulkhead.takeSurplus());
    }

    @Test
    void blamesNoKeyWhereMostAreBehind() {
        // Given
        var bulkhead = bulkhead(10, 1, 1, 0);
        admit(bulkhead, "a1", "b1", "c1", "d1", "a2", "b2", "c2", "d2");
        // When
        passes(5_000);
        // Then
        admit(bulkhead, "a3", "b3");
        assertEquals(List.of(), bulkhead.takeSurplus());
    }

    @Test
    void blamesTheSlowOnesWhereMostAreNotBehind() {
        // Given
        var bulkhead = bulkhead(10, 1, 1, 0);
        admit(bulkhead, "a1", "b1", "c1", "d1", "a2", "b2", "a3");
        bulkhead.release("c", false, false);
        bulkhead.release("d", false, false);
        // When
        passes(5_000);
        // Then
        assertFalse(bulkhead.admit("b", "", false, "b3"));
        assertEquals(List.of("a3"), bulkhead.takeSurplus());
    }

    @Test
    void letsKeysTakeTurns() {
        var bulkhead = bulkhead(1, 1, 5, 0);
        admit(bulkhead, "x1", "a1", "a2", "a3", "b1", "c1");
        for (String key : List.of("x", "a", "b", "c", "a")) {
            bulkhead.release(key, false, false);
        }
        assertEquals(List.of("x1", "a1", "b1", "c1", "a2", "a3"), started);
    }

    @Test
    void keepsPlacesForFirstAttempts() {
        // Given
        var bulkhead = bulkhead(4, 4, 10, 0.5);
        // When
        admit(bulkhead, "ra1", "rb1", "rc1", "rd1", "e1", "f1", "g1");
        // Then
        assertEquals(List.of("ra1", "rb1", "e1", "f1"), started);
        bulkhead.release("a", true, false);
        assertEquals(List.of("ra1", "rb1", "e1", "f1", "rc1"), started);
    }

    @Test
    void givesFirstAttemptsAndRetriesTurnsSoThatNeitherStarves() {
        var bulkhead = bulkhead(1, 1, 10, 0);
        admit(bulkhead, "x1", "ra1", "rb1", "c1", "d1");
        bulkhead.release("x", false, false);
        bulkhead.release("a", true, false);
        bulkhead.release("c", false, false);
        bulkhead.release("b", true, false);
        assertEquals(List.of("x1", "ra1", "c1", "rb1", "d1"), started);
    }

    @Test
    void givesARetryAPlaceHoweverSmallItsShare() {
        var bulkhead = bulkhead(1, 1, 1, 0.9);
        admit(bulkhead, "ra1");
        assertEquals(List.of("ra1"), started);
    }

    /** Owners with one endless line of keys each: how many places each gets of a dozen, and how many are left. */
    @ParameterizedTest
    @CsvSource({"A, 6", "AB, 4 4", "ABC, 3 3 3", "ABCD, 3 3 2 2", "ABCDEFGHIJKL, 1 1 1 1 1 1 1 1 1 1 1 1"})
    void leavesRoomForOneMoreOwner(String owners, String places) {
        // Given
        var bulkhead = bulkhead(12, 1, 100, 0);

        // When
        for (int key = 0; key < 12; key++) {
            for (String owner : owners.chars().mapToObj(Character::toString).toList()) {
                bulkhead.admit(owner + (char) ('a' + key), owner, false, owner + key);
            }
        }

        // Then
        assertEquals(
                places,
                owners.chars()
                        .mapToObj(Character::toString)
                        .map(owner -> started.stream()
                                .filter(it -> it.startsWith(owner))
                                .count())
                        .filter(count -> count > 0)
                        .map(String::valueOf)
                        .collect(Collectors.joining(" ")));
    }

    @Test
    void startsTheKeysOfAnOwnerAtItsShareOnceOthersAreDone() {
        // Given
        var bulkhead = bulkhead(6, 1, 5, 0);
        admit(bulkhead, "Aa1", "Ab1", "Ac1", "Ad1", "Ba1");
        assertEquals(List.of("Aa1", "Ab1", "Ac1", "Ba1"), started);

        // When
        bulkhead.release("Aa", false, false);

        // Then
        assertEquals(List.of("Aa1", "Ab1", "Ac1", "Ba1", "Ad1"), started);
    }

    @Test
    void refusesWhatAnOwnerAtItsShareCannotQueue() {
        // Given
        var bulkhead = bulkhead(4, 2, 1, 0);
        admit(bulkhead, "Aa1", "Ab1", "Ac1", "Ac2", "Ba1");

        // When
        passes(2_000);

        // Then
        assertFalse(bulkhead.admit("Ac", "A", false, "Ac3"));
        assertEquals(List.of("Ac2"), bulkhead.takeSurplus());
    }

    @Test
    void startsNothingThatWasWithdrawn() {
        var bulkhead = bulkhead(10, 1, 5, 0);
        admit(bulkhead, "a1", "a2", "a3");
        bulkhead.withdraw("a2"::equals);
        bulkhead.release("a", false, false);
        assertEquals(List.of("a1", "a3"), started);
    }

    @Test
    void noticesAReleaseTooMany() {
        var bulkhead = bulkhead(10, 1, 5, 0);
        admit(bulkhead, "a1");
        bulkhead.release("a", false, false);
        assertThrows(IllegalStateException.class, () -> bulkhead.release("a", false, false));
        assertEquals(0, bulkhead.running());
    }

    private KeyedBulkhead<String> bulkhead(int inFlight, int perKey, int queue, double share) {
        return new KeyedBulkhead<>(
                new EngineConfig.Limits(100, 1_000_000, inFlight, perKey, queue, share),
                Duration.ofSeconds(1),
                nanos::get,
                started::add);
    }

    /** Keys of capital letters have owners: AB is the key B of A. */
    private static String owner(String key) {
        return key.length() > 1 ? key.substring(0, 1) : "";
    }

    private void passes(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static void admit(KeyedBulkhead<String> bulkhead, String... items) {
        for (String item : items) {
            boolean retry = item.startsWith("r");
            String key = item.substring(retry ? 1 : 0, item.length() - 1);
            assertTrue(bulkhead.admit(key, owner(key), retry, item), item);
        }
    }
}
