package tocsin.matcher.topology;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import tocsin.matcher.topology.DownloadRepository.LeastRecentlyUsed;
import tocsin.schemas.PackageKey;

/**
 * How many audiences fetched each package, as one partition knows it: every audience of a package has all its downloads of it in one. Used by its
 * stream thread alone.
 */
final class AudienceRepository {

    /** Of one audience nothing is told: it would be most of what is told, of packages that nobody else fetches. */
    private static final int TOLD_FROM = 2;

    private static final int REMEMBERED = 10_000;

    private final KeyValueStore<Bytes, byte[]> packages;
    private final Map<String, Known> known = new LeastRecentlyUsed<>(REMEMBERED);

    /** @param told the highest count that was told since this repository was made, so by a task that has not failed since */
    private record Known(AudienceSketch audiences, int told) {}

    AudienceRepository(KeyValueStore<Bytes, byte[]> packages) {
        this.packages = packages;
    }

    /**
     * @param repeat the audience's download came before: what is found here may be in the store but not in its changelog, so it is written
     *     again
     * @return how many there are, at least, if that has not been told; a power of two
     */
    Optional<Integer> add(PackageKey packageKey, String audience, boolean repeat) {
        Bytes key = Bytes.wrap(StoreKeys.packageAudiences(packageKey.text()));
        Known remembered = known.get(packageKey.text());
        Known before = remembered;
        if (before == null) {
            before = new Known(stored(packages.get(key)), TOLD_FROM - 1);
        }
        AudienceSketch audiences = before.audiences().with(audience);
        if (audiences != before.audiences() || repeat) {
            packages.put(key, audiences.encode());
        }
        if (remembered != null && audiences == before.audiences()) {
            return Optional.empty();
        }
        int reached = Integer.highestOneBit(audiences.estimate());
        known.put(packageKey.text(), new Known(audiences, Math.max(before.told(), reached)));
        return reached > before.told() ? Optional.of(reached) : Optional.empty();
    }

    private static AudienceSketch stored(byte @Nullable [] encoded) {
        return encoded == null ? AudienceSketch.ofNobody() : AudienceSketch.decode(encoded);
    }
}
