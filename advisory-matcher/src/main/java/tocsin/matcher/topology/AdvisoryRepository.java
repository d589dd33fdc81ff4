package tocsin.matcher.topology;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import tocsin.matcher.match.EvaluatedAdvisory;
import tocsin.matcher.match.MatchIds;
import tocsin.matcher.match.Matching;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.EarlierRevision;
import tocsin.schemas.avro.VersionRange;

/** All advisories, as every partition has them, for the downloads that come after. Used by its stream thread alone. */
final class AdvisoryRepository {

    /** Of memory for advisories that are kept evaluated, for each task. */
    private static final int MAX_CACHED_BYTES = 16 * 1024 * 1024;

    private static final int ROUGH_BYTES_OF_ADVISORY = 2000;

    /** Its text three times over, in the message and in two sets, and what it is once it can be compared. */
    private static final int ROUGH_BYTES_OF_VERSION = 500;

    private final KeyValueStore<Bytes, byte[]> advisories;
    private final StateChanges changes;
    private final Matching matching;

    /** Packages for which nothing was found, with {@link StateChanges#ofAdvisories} before it was looked for. */
    private final PackageCache<Long> unadvised;

    private final MessageCodec<AdvisoryAccepted> codec = MessageCodec.of(AdvisoryAccepted.class);

    /** In the order of use, by package. */
    private final Map<String, Cached> cache = new LinkedHashMap<>(16, 0.75f, true);

    private int cachedBytes;

    /** @param remembered of how many packages, as {@link PackageCache} has it, it is remembered that they have none */
    AdvisoryRepository(
            KeyValueStore<Bytes, byte[]> advisories, StateChanges changes, Matching matching, int remembered) {
        this.unadvised = new PackageCache<>(remembered);
        this.advisories = advisories;
        this.changes = changes;
        this.matching = matching;
    }

    /**
     * An older revision, which comes again after a crash upstream, does not replace a newer.
     *
     * @return whether the advisory stands
     */
    boolean put(AdvisoryAccepted advisory, byte[] encoded) {
        PackageKey packageKey = packageOf(advisory);
        String packageText = packageKey.text();
        boolean stands = !hasNewerThan(advisory);
        if (stands) {
            advisories.put(keyOf(packageText, advisory), encoded);
        }
        // Written each time: that it is in the store does not prove that the changelog has it. Each time another, which
        // tells whoever has
        // read the package's advisories that they are no longer these.
        Bytes markKey = Bytes.wrap(StoreKeys.advisedPackage(packageText));
        advisories.put(markKey, nextMark(advisories.get(markKey)));
        changes.advisoryWritten(packageKey);
        return stands;
    }

    private static byte[] nextMark(byte @Nullable [] mark) {
        long changes = mark == null || mark.length != Long.BYTES
                ? 0
                : ByteBuffer.wrap(mark).getLong();
        return ByteBuffer.allocate(Long.BYTES).putLong(changes + 1).array();
    }

    /** Whether a newer revision is stored of what the advisory says of its package. */
    private boolean hasNewerThan(AdvisoryAccepted advisory) {
        return stored(advisory)
                .filter(known -> advisory.getRevision().isBefore(known.getRevision()))
                .isPresent();
    }

    /**
     * Whether something else stands by now of what the advisory says of its package: a newer revision, or, of a feed that changed what is
     * affected and left {@code modified} as it was, another statement of the same, of which the one that came last stands.
     */
    boolean isReplaced(AdvisoryAccepted advisory) {
        return stored(advisory).filter(known -> isReplacedBy(known, advisory)).isPresent();
    }

    private static boolean isReplacedBy(AdvisoryAccepted known, AdvisoryAccepted advisory) {
        int newer = known.getRevision().compareTo(advisory.getRevision());
        return newer > 0
                || (newer == 0
                        && !known.equals(advisory)
                        && !MatchIds.ofAdvisory(known).equals(MatchIds.ofAdvisory(advisory)));
    }

    private Optional<AdvisoryAccepted> stored(AdvisoryAccepted advisory) {
        return Optional.ofNullable(advisories.get(keyOf(packageOf(advisory).text(), advisory)))
                .map(codec::decode);
    }

    private static Bytes keyOf(String packageText, AdvisoryAccepted advisory) {
        return Bytes.wrap(StoreKeys.advisory(packageText, advisory.getFeed(), advisory.getAdvisoryId()));
    }

    /** Nearly every package has none, which is remembered. Those of packages that are asked for often are kept evaluated. */
    List<EvaluatedAdvisory> of(PackageKey packageKey) {
        long asOf = changes.ofAdvisories(packageKey);
        Long noneAsOf = unadvised.get(packageKey);
        if (noneAsOf != null && noneAsOf == asOf) {
            return List.of();
        }
        byte[] prefix = StoreKeys.advisedPackage(packageKey.text());
        byte[] mark = advisories.get(Bytes.wrap(prefix));
        if (mark == null) {
            unadvised.put(packageKey, asOf);
            return List.of();
        }
        Cached cached = cache.get(packageKey.text());
        if (cached != null && cached.mark().equals(Bytes.wrap(mark))) {
            return cached.advisories();
        }
        Cached read = read(prefix, mark);
        keep(packageKey.text(), read);
        return read.advisories();
    }

    private void keep(String packageText, Cached read) {
        Cached before = cache.put(packageText, read);
        cachedBytes += read.bytes() - (before == null ? 0 : before.bytes());
        Iterator<Cached> eldest = cache.values().iterator();
        while (cachedBytes > MAX_CACHED_BYTES && cache.size() > 1) {
            cachedBytes -= eldest.next().bytes();
            eldest.remove();
        }
    }

    /** All that is said of the package, as it came. */
    List<AdvisoryAccepted> statements(PackageKey packageKey) {
        byte[] prefix = StoreKeys.advisedPackage(packageKey.text());
        List<AdvisoryAccepted> found = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> rows =
                advisories.range(Bytes.wrap(prefix), Bytes.wrap(StoreKeys.afterAll(prefix)))) {
            while (rows.hasNext()) {
                var row = rows.next();
                if (row.key.get().length > prefix.length) {
                    found.add(codec.decode(row.value));
                }
            }
        }
        return found;
    }

    private Cached read(byte[] prefix, byte[] mark) {
        int bytes = 0;
        List<EvaluatedAdvisory> found = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> rows =
                advisories.range(Bytes.wrap(prefix), Bytes.wrap(StoreKeys.afterAll(prefix)))) {
            while (rows.hasNext()) {
                var row = rows.next();
                if (row.key.get().length > prefix.length) {
                    AdvisoryAccepted advisory = codec.decode(row.value);
                    bytes += roughBytes(advisory, row.value.length);
                    found.add(matching.evaluate(advisory));
                }
            }
        }
        return new Cached(Bytes.wrap(mark), List.copyOf(found), bytes);
    }

    /** What an advisory takes when it is evaluated and was asked: of one that lists many versions, far more than what it is encoded. */
    static int roughBytes(AdvisoryAccepted advisory, int encoded) {
        int versions = advisory.getVersions().size() + borders(advisory.getRanges());
        for (EarlierRevision earlier : advisory.getEarlier().orElse(List.of())) {
            versions += earlier.getVersions().size() + borders(earlier.getRanges());
        }
        versions += advisory.getHeld()
                .map(held -> held.getVersions().size() + borders(held.getRanges()))
                .orElse(0);
        return ROUGH_BYTES_OF_ADVISORY + 2 * encoded + versions * ROUGH_BYTES_OF_VERSION;
    }

    private static int borders(List<VersionRange> ranges) {
        return ranges.stream().mapToInt(range -> range.getEvents().size()).sum();
    }

    /** @param mark of the package when its advisories were read */
    private record Cached(Bytes mark, List<EvaluatedAdvisory> advisories, int bytes) {}

    /** @throws IllegalArgumentException if the advisory is for no package that can be */
    static PackageKey packageOf(AdvisoryAccepted advisory) {
        return PackageKey.parse(advisory.getEcosystem() + ":" + advisory.getPackageName());
    }
}
