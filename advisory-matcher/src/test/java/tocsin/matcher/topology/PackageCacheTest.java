package tocsin.matcher.topology;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.schemas.Ecosystem;
import tocsin.schemas.PackageKey;

class PackageCacheTest {

    private final PackageCache<Integer> cache = new PackageCache<>(PackageCache.LEAST);

    @Test
    void remembersNothingAtFirst() {
        assertNull(cache.get(named(1)));
    }

    @Test
    void remembersWhatWasPutLast() {
        cache.put(named(1), 10);
        cache.put(new PackageKey(Ecosystem.PYPI, named(1).name()), 11);

        assertNull(cache.put(named(1), 12));

        assertEquals(12, cache.get(named(1)));
        assertNull(cache.get(named(2)));
    }

    /** Of which each would hear the other's answer. */
    @Test
    void takesNoPackageForOneOfTheSameHash() {
        PackageKey one = new PackageKey(Ecosystem.NPM, "an");
        PackageKey other = new PackageKey(Ecosystem.NPM, "c0");
        assertEquals(one.name().hashCode(), other.name().hashCode());

        cache.put(one, 1);

        assertNull(cache.get(other));
        assertNull(cache.put(other, 2));
        assertEquals(1, cache.get(one));
        assertEquals(2, cache.get(other));
    }

    /** Whatever is put is in the cache or was handed back, each with its own value. */
    @ParameterizedTest
    @ValueSource(ints = {PackageCache.LEAST, 7_368})
    void losesNothingUnseen(int size) {
        // Given
        PackageCache<Integer> cache = new PackageCache<>(size);
        Map<PackageKey, Integer> known = new HashMap<>();

        // When
        for (int i = 0; i < 5 * size; i++) {
            known.put(named(i), i);
            Integer leaving = cache.put(named(i), i);
            if (leaving != null) {
                assertEquals(leaving, known.remove(named(leaving)));
            }
        }

        // Then
        assertEquals(size, known.size(), size / 50.0);
        known.forEach((packageKey, value) -> assertEquals(value, cache.get(packageKey)));
    }

    @Test
    void keepsWhatIsAskedForAgainAndAgain() {
        cache.put(named(0), 0);

        for (int i = 1; i < 5 * PackageCache.LEAST; i++) {
            assertNotNull(cache.get(named(0)), "after " + i);
            cache.put(named(i), i);
        }
    }

    /** Where all have been asked for the next one makes room as well, and what is not asked for any more goes some time. */
    @Test
    void letsGoOfWhatIsNotAskedForAnyMore() {
        cache.put(named(0), 0);
        cache.get(named(0));

        for (int i = 1; i < 5 * PackageCache.LEAST; i++) {
            cache.put(named(i), i);
            cache.get(named(i));
        }

        assertNull(cache.get(named(0)));
    }

    /** It would take the room of many. */
    @Test
    void remembersNoNameOfMoreThanAHundredCharacters() {
        PackageKey longest = new PackageKey(Ecosystem.NPM, "\u4e2d".repeat(PackageCache.LONGEST_NAME));
        PackageKey longer = new PackageKey(Ecosystem.NPM, "\u4e2d".repeat(PackageCache.LONGEST_NAME + 1));

        assertNull(cache.put(longest, 1));
        assertEquals(2, cache.put(longer, 2));

        assertEquals(1, cache.get(longest));
        assertNull(cache.get(longer));
    }

    /** Of the keys of a package that are alike it keeps the one that came first, which other caches of the task have, too. */
    @Test
    void keepsTheKeyThatItHas() {
        // Given
        PackageKey first = named(1);
        cache.put(first, 1);

        // When
        WeakReference<PackageKey> later = putAgain();

        // Then
        await().until(() -> {
            System.gc();
            return later.get() == null;
        });
        assertEquals(2, cache.get(first));
    }

    private WeakReference<PackageKey> putAgain() {
        PackageKey again = named(1);
        cache.put(again, 2);
        return new WeakReference<>(again);
    }

    /** A fourth of the heap at 256 bytes for each. */
    @ParameterizedTest
    @CsvSource({
        "536870912, 6, 87376",
        "966367641, 6, 131072",
        "966367641, 64, 14744",
        "966367641, 128, 7368",
        "67108864, 6, 10920",
        "1048576, 128, 4096",
        "1099511627776, 1, 131072",
        "536870912, 0, 131072",
    })
    void takesItsPartOfTheHeap(long heap, int partitions, int size) {
        assertEquals(size, PackageCache.sizeFor(heap, partitions));
    }

    private static PackageKey named(int i) {
        return new PackageKey(Ecosystem.NPM, "package-" + i);
    }
}
