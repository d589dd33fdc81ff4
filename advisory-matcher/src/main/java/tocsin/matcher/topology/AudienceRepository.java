package tocsin.matcher.topology;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.PackageKey;

/**
 * How many audiences fetched each package, as one partition knows it: every audience of a package has all its downloads of it in one. Counted in
 * memory and written down a little later, each package once however many audiences came meanwhile: a crash may cost some minutes' worth, which
 * comes back as they fetch again. Used by its stream thread alone.
 */
final class AudienceRepository {

    /** Of one audience nothing is told: it would be most of what is told, of packages that nobody else fetches. */
    private static final int TOLD_FROM = 2;

    static final int REMEMBERED = 20_000;

    /** So all that can wait is written within some minutes, if it is done each second. */
    static final int WRITTEN_AT_ONCE = 100;

    private final KeyValueStore<Bytes, byte[]> packages;

    /** In the order of use. */
    private final LinkedHashMap<String, Known> known = new LinkedHashMap<>(16, 0.75f, true);

    /** Not written yet; in the order in which they changed. */
    private final Set<String> unwritten = new LinkedHashSet<>();

    /** @param told the highest count that was told since this repository began to remember it, so by a task that has not failed since */
    private record Known(AudienceSketch audiences, int told) {}

    AudienceRepository(KeyValueStore<Bytes, byte[]> packages) {
        this.packages = packages;
    }

    /** @return how many there are, at least, if that has not been told; a power of two */
    Optional<Integer> add(PackageKey packageKey, String audience) {
        String name = packageKey.text();
        Known remembered = known.get(name);
        Known before = remembered == null ? new Known(stored(packages.get(keyOf(name))), TOLD_FROM - 1) : remembered;
        AudienceSketch audiences = before.audiences().with(audience);
        if (audiences != before.audiences()) {
            unwritten.add(name);
        } else if (remembered != null) {
            return Optional.empty();
        }
        int reached = Integer.highestOneBit(audiences.estimate());
        known.put(name, new Known(audiences, Math.max(before.told(), reached)));
        forgetEldest();
        return reached > before.told() ? Optional.of(reached) : Optional.empty();
    }

    /** Some of what is not written yet, of what changed first. */
    void write() {
        Iterator<String> names = unwritten.iterator();
        for (int i = 0; i < WRITTEN_AT_ONCE && names.hasNext(); i++) {
            String name = names.next();
            write(name, known.get(name));
            names.remove();
        }
    }

    private void forgetEldest() {
        if (known.size() > REMEMBERED) {
            Map.Entry<String, Known> eldest = known.pollFirstEntry();
            if (unwritten.remove(eldest.getKey())) {
                write(eldest.getKey(), eldest.getValue());
            }
        }
    }

    private void write(String name, @Nullable Known its) {
        if (its == null) {
            throw new IllegalStateException("what is not written is remembered");
        }
        packages.put(keyOf(name), its.audiences().encode());
    }

    private static Bytes keyOf(String name) {
        return Bytes.wrap(StoreKeys.packageAudiences(name));
    }

    private static AudienceSketch stored(byte @Nullable [] encoded) {
        return encoded == null ? AudienceSketch.ofNobody() : AudienceSketch.decode(encoded);
    }
}
