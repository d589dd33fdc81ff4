package tocsin.matcher.topology;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
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

    static final int REMEMBERED = 20_000;

    /** So all that can wait is settled within some minutes, if it is done each second. */
    static final int SETTLED_AT_ONCE = 100;

    private final KeyValueStore<Bytes, byte[]> packages;
    private final Popularity popularity;

    /** In the order of use. */
    private final LinkedHashMap<PackageKey, Known> known = new LinkedHashMap<>(16, 0.75f, true);

    /** In the order in which they became so. */
    private final SequencedSet<Known> unsettled = new LinkedHashSet<>();

    /** Of one package. Changed in place: this is asked for each download. */
    private static final class Known {

        private final PackageKey packageKey;
        private AudienceSketch audiences;

        /** The highest count that was told since this repository began to remember it, so by a task that has not failed since. */
        private int told = TOLD_FROM - 1;

        /** Changed since it was written and told, or was read from the store and may not have been told. */
        private boolean isUnsettled;

        Known(PackageKey packageKey, AudienceSketch audiences) {
            this.packageKey = packageKey;
            this.audiences = audiences;
        }
    }

    interface Popularity {

        /** @param audiences at least so many; a power of two */
        void tell(PackageKey packageKey, int audiences);
    }

    AudienceRepository(KeyValueStore<Bytes, byte[]> packages, Popularity popularity) {
        this.packages = packages;
        this.popularity = popularity;
    }

    void add(PackageKey packageKey, String audience) {
        Known its = known.get(packageKey);
        if (its == null) {
            its = read(packageKey);
        }
        AudienceSketch audiences = its.audiences.with(audience);
        if (audiences != its.audiences) {
            its.audiences = audiences;
            unsettle(its);
        }
    }

    private Known read(PackageKey packageKey) {
        byte[] stored = packages.get(keyOf(packageKey));
        Known read = new Known(packageKey, stored == null ? AudienceSketch.ofNobody() : AudienceSketch.decode(stored));
        known.put(packageKey, read);
        if (stored != null) {
            // After a crash it may be in the store and neither in its changelog nor told.
            unsettle(read);
        }
        if (known.size() > REMEMBERED) {
            Known eldest = known.pollFirstEntry().getValue();
            if (eldest.isUnsettled) {
                unsettled.remove(eldest);
                settle(eldest);
            }
        }
        return read;
    }

    private void unsettle(Known its) {
        if (!its.isUnsettled) {
            its.isUnsettled = true;
            unsettled.add(its);
        }
    }

    /** Some of what waits for it, the oldest first. */
    void settle() {
        for (int i = 0; i < SETTLED_AT_ONCE && !unsettled.isEmpty(); i++) {
            settle(unsettled.removeFirst());
        }
    }

    private void settle(Known its) {
        its.isUnsettled = false;
        packages.put(keyOf(its.packageKey), its.audiences.encode());
        int reached = Integer.highestOneBit(its.audiences.estimate());
        if (reached > its.told) {
            its.told = reached;
            popularity.tell(its.packageKey, reached);
        }
    }

    private static Bytes keyOf(PackageKey packageKey) {
        return Bytes.wrap(StoreKeys.packageAudiences(packageKey.text()));
    }
}
