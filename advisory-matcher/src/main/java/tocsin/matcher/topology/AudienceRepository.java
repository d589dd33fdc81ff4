package tocsin.matcher.topology;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import tocsin.schemas.PackageKey;

/**
 * How many audiences fetched each package, as one partition knows it: every audience of a package has all its downloads of it in one. Counted in
 * memory; written down and told a little later, once for however many audiences came meanwhile. A crash or a stop may cost some minutes' worth, which comes
 * back as they fetch again. Used by its stream thread alone.
 */
final class AudienceRepository {

    /** Of one audience nothing is told: it would be most of what is told, of packages that nobody else fetches. */
    private static final int TOLD_FROM = 2;

    /** So all that can wait is settled within some minutes, if it is done each second. */
    static final int SETTLED_AT_ONCE = 250;

    private final KeyValueStore<Bytes, byte[]> packages;
    private final Popularity popularity;

    /** Of a package that it has forgotten meanwhile, this one knows what it has told itself, and that its changelog has it. */
    private final long writer = ThreadLocalRandom.current().nextLong();

    private final PackageCache<Known> known;

    private final int remembered;

    /** In the order in which they became so, and among them {@link #gone}. */
    private final Deque<Known> unsettled = new ArrayDeque<>();

    /** How many of those that wait were settled where they had to make room. Held for nothing, so they may not be many. */
    private int gone;

    /** Of one package. Changed in place: this is asked for each download. */
    private static final class Known {

        private final PackageKey packageKey;
        private final AudienceSketch audiences;

        /** The highest count that this repository has told. */
        private int told;

        /** Changed since it was written and told, or was read from the store and may not have been told. */
        private boolean isUnsettled;

        Known(PackageKey packageKey, AudienceSketch audiences, int told) {
            this.packageKey = packageKey;
            this.audiences = audiences;
            this.told = told;
        }
    }

    interface Popularity {

        /** @param audiences at least so many; a power of two */
        void tell(PackageKey packageKey, int audiences);
    }

    /** @param remembered how many packages, as {@link PackageCache} has it */
    AudienceRepository(KeyValueStore<Bytes, byte[]> packages, int remembered, Popularity popularity) {
        this.packages = packages;
        this.remembered = remembered;
        this.known = new PackageCache<>(remembered);
        this.popularity = popularity;
    }

    void add(PackageKey packageKey, String audience) {
        Known its = known.get(packageKey);
        if (its == null) {
            its = read(packageKey);
            its.isUnsettled |= its.audiences.add(audience);
            remember(its);
        } else if (its.audiences.add(audience) && !its.isUnsettled) {
            its.isUnsettled = true;
            unsettled.add(its);
        }
    }

    private Known read(PackageKey packageKey) {
        byte[] stored = packages.get(keyOf(packageKey));
        PackageRow row = stored == null ? PackageRow.none() : PackageRow.decode(stored);
        boolean mine = row.writer() == writer;
        Known read = new Known(packageKey, row.audiences(), mine ? row.told() : TOLD_FROM - 1);
        // After a crash it may be in the store and neither in its changelog nor told.
        read.isUnsettled = stored != null && !mine;
        return read;
    }

    private void remember(Known read) {
        Known leaving = known.put(read.packageKey, read);
        if (leaving == read) {
            // Of a name that is too long.
            settle(read);
            return;
        }
        if (read.isUnsettled) {
            unsettled.add(read);
        }
        if (leaving != null && leaving.isUnsettled) {
            settle(leaving);
            gone++;
            if (gone > remembered / 8) {
                unsettled.removeIf(other -> !other.isUnsettled);
                gone = 0;
            }
        }
    }

    /** What waits, and what is held though it waits for nothing. */
    int queued() {
        return unsettled.size();
    }

    /** Some of what waits for it, the oldest first. */
    void settle() {
        int settled = 0;
        while (settled < SETTLED_AT_ONCE && !unsettled.isEmpty()) {
            Known its = unsettled.remove();
            if (its.isUnsettled) {
                settle(its);
                settled++;
            } else {
                gone--;
            }
        }
    }

    private void settle(Known its) {
        if (!its.isUnsettled) {
            return;
        }
        its.isUnsettled = false;
        int reached = Math.max(its.told, Integer.highestOneBit(its.audiences.estimate()));
        packages.put(keyOf(its.packageKey), new PackageRow(writer, reached, its.audiences).encode());
        if (reached > its.told) {
            its.told = reached;
            popularity.tell(its.packageKey, reached);
        }
    }

    private static Bytes keyOf(PackageKey packageKey) {
        return Bytes.wrap(StoreKeys.packageAudiences(packageKey.text()));
    }
}
