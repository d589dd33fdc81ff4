package tocsin.matcher.topology;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.PackageKey;

/**
 * What is remembered of some packages. Each package has one of {@value #WAYS} places by its hash; there one goes that was not asked for since it came, if there is any. Not a map
 * in the order of use: this is asked for each download, and to put each package that is asked for at the end changes objects all over the heap, which
 * the collector then has to look through, a fifth of a matcher's time. For one thread.
 */
final class PackageCache<V> {

    static final int LEAST = 1 << 12;
    private static final int MOST = 1 << 17;
    private static final int WAYS = 8;

    /** Hardly a real one is longer, but anybody can make up names, of any script: their number is bounded, and with this their bytes. */
    static final int LONGEST_NAME = 100;

    /**
     * Of a package in the two caches that a task has, with a name of usual length that few audiences fetched. With the longest that is remembered, of two bytes a
     * character and fetched by very many, it is not three times as much.
     */
    private static final int ROUGH_BYTES = 256;

    private final int size;

    /** Taken when the first package is put: not every cache is ever used. */
    private int[] hashes = {};

    private @Nullable PackageKey[] packages = {};
    private @Nullable Object[] values = {};
    private boolean[] askedFor = {};

    /** @param size how many packages there is room for: a multiple of {@value #WAYS} */
    PackageCache(int size) {
        this.size = size;
    }

    /**
     * About a fourth of the heap for all if they are of usual size, whether one instance has all partitions or not: those of one that is away come to the others.
     *
     * @param heap bytes that the process may have
     * @param partitions of {@code download.recorded}
     * @return how many packages a task can remember
     */
    static int sizeFor(long heap, int partitions) {
        long places = heap / 4 / ROUGH_BYTES / Math.max(1, partitions);
        return Math.clamp(places, LEAST, MOST) / WAYS * WAYS;
    }

    /** @return null if it is not remembered */
    @Nullable
    V get(PackageKey packageKey) {
        if (values.length == 0) {
            return null;
        }
        int hash = hash(packageKey);
        int place = find(packageKey, hash, first(hash));
        if (place < 0) {
            return null;
        }
        askedFor[place] = true;
        return valueAt(place);
    }

    /** @return what is not remembered: what was known of another package, or the value itself if the name is longer than {@value #LONGEST_NAME}; null if there was room */
    @Nullable
    V put(PackageKey packageKey, V value) {
        if (packageKey.name().length() > LONGEST_NAME) {
            return value;
        }
        if (values.length == 0) {
            hashes = new int[size];
            packages = new PackageKey[size];
            values = new Object[size];
            askedFor = new boolean[size];
        }
        int hash = hash(packageKey);
        int first = first(hash);
        int known = find(packageKey, hash, first);
        if (known >= 0) {
            // The key stays that the other cache of the task may have, too.
            values[known] = value;
            return null;
        }
        int place = leastWanted(first);
        V leaving = valueAt(place);
        hashes[place] = hash;
        packages[place] = packageKey;
        values[place] = value;
        return leaving;
    }

    private int find(PackageKey packageKey, int hash, int first) {
        for (int place = first; place < first + WAYS; place++) {
            if (hashes[place] == hash && isSame(packageKey, packages[place])) {
                return place;
            }
        }
        return -1;
    }

    /** One that is free; else one that was not asked for since it came, or since all of them had been. */
    private int leastWanted(int first) {
        for (int place = first; place < first + WAYS; place++) {
            if (packages[place] == null) {
                return place;
            }
        }
        for (int place = first; place < first + WAYS; place++) {
            if (!askedFor[place]) {
                return place;
            }
        }
        Arrays.fill(askedFor, first, first + WAYS, false);
        return first;
    }

    @SuppressWarnings("unchecked") // Nothing else is put there.
    private @Nullable V valueAt(int place) {
        return (V) values[place];
    }

    private static int hash(PackageKey packageKey) {
        return (packageKey.name().hashCode() + packageKey.ecosystem().hashCode()) * 0x9E3779B9;
    }

    /** As {@code equals} says, which a record does by handles that cost more than what they compare. */
    private static boolean isSame(PackageKey packageKey, @Nullable PackageKey other) {
        return other != null
                && packageKey.ecosystem() == other.ecosystem()
                && packageKey.name().equals(other.name());
    }

    private int first(int hash) {
        return (int) ((Integer.toUnsignedLong(hash) * (size / WAYS)) >>> Integer.SIZE) * WAYS;
    }
}
