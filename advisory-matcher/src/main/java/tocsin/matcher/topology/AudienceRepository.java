package tocsin.matcher.topology;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.PackageKey;

/**
 * How many audiences fetched each package, as one partition knows it: every audience of a package has all its downloads of it in one. Counted in
 * memory; written down and told a little later, once for however many audiences came meanwhile. A crash may cost some minutes' worth, which comes
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

    /** What changed since it was written and told, or was read from the store and may not have been told; in that order. */
    private final Set<PackageKey> unsettled = new LinkedHashSet<>();

    /** @param told the highest count that was told since this repository began to remember it, so by a task that has not failed since */
    private record Known(AudienceSketch audiences, int told) {}

    interface Popularity {

        /** @param audiences at least so many; a power of two */
        void tell(PackageKey packageKey, int audiences);
    }

    AudienceRepository(KeyValueStore<Bytes, byte[]> packages, Popularity popularity) {
        this.packages = packages;
        this.popularity = popularity;
    }

    void add(PackageKey packageKey, String audience) {
        Known before = known.get(packageKey);
        if (before == null) {
            before = read(packageKey);
        }
        AudienceSketch audiences = before.audiences().with(audience);
        if (audiences != before.audiences()) {
            known.put(packageKey, new Known(audiences, before.told()));
            unsettled.add(packageKey);
        }
    }

    private Known read(PackageKey packageKey) {
        byte[] stored = packages.get(keyOf(packageKey));
        Known read =
                new Known(stored == null ? AudienceSketch.ofNobody() : AudienceSketch.decode(stored), TOLD_FROM - 1);
        known.put(packageKey, read);
        if (stored != null) {
            // After a crash it may be in the store and neither in its changelog nor told.
            unsettled.add(packageKey);
        }
        if (known.size() > REMEMBERED) {
            Map.Entry<PackageKey, Known> eldest = known.pollFirstEntry();
            if (unsettled.remove(eldest.getKey())) {
                write(eldest.getKey(), eldest.getValue());
            }
        }
        return read;
    }

    /** Some of what waits for it, the oldest first. */
    void settle() {
        Iterator<PackageKey> waiting = unsettled.iterator();
        for (int i = 0; i < SETTLED_AT_ONCE && waiting.hasNext(); i++) {
            PackageKey packageKey = waiting.next();
            known.put(packageKey, write(packageKey, known.get(packageKey)));
            waiting.remove();
        }
    }

    private Known write(PackageKey packageKey, @Nullable Known its) {
        if (its == null) {
            throw new IllegalStateException("what is not settled is remembered");
        }
        packages.put(keyOf(packageKey), its.audiences().encode());
        int reached = Integer.highestOneBit(its.audiences().estimate());
        if (reached <= its.told()) {
            return its;
        }
        popularity.tell(packageKey, reached);
        return new Known(its.audiences(), reached);
    }

    private static Bytes keyOf(PackageKey packageKey) {
        return Bytes.wrap(StoreKeys.packageAudiences(packageKey.text()));
    }
}
