package tocsin.matcher.topology;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import tocsin.matcher.match.EvaluatedAdvisory;
import tocsin.matcher.match.Matching;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryAccepted;

/** All advisories, as every partition has them, for the downloads that come after. Used by its stream thread alone. */
final class AdvisoryRepository {

    private static final byte[] MARK = {1};

    private final KeyValueStore<Bytes, byte[]> advisories;
    private final Matching matching;
    private final MessageCodec<AdvisoryAccepted> codec = MessageCodec.of(AdvisoryAccepted.class);

    AdvisoryRepository(KeyValueStore<Bytes, byte[]> advisories, Matching matching) {
        this.advisories = advisories;
        this.matching = matching;
    }

    /** An older revision, which comes again after a crash upstream, does not replace a newer. */
    void put(AdvisoryAccepted advisory) {
        String packageText = packageOf(advisory).text();
        if (!hasNewerThan(advisory)) {
            advisories.put(keyOf(packageText, advisory), codec.encode(advisory));
        }
        // Written each time: that it is in the store does not prove that the changelog has it.
        advisories.put(Bytes.wrap(StoreKeys.advisedPackage(packageText)), MARK);
    }

    /** Whether a newer revision is stored of what the advisory says of its package. */
    boolean hasNewerThan(AdvisoryAccepted advisory) {
        byte[] known = advisories.get(keyOf(packageOf(advisory).text(), advisory));
        return known != null
                && advisory.getRevision().isBefore(codec.decode(known).getRevision());
    }

    private static Bytes keyOf(String packageText, AdvisoryAccepted advisory) {
        return Bytes.wrap(StoreKeys.advisory(packageText, advisory.getFeed(), advisory.getAdvisoryId()));
    }

    /** Nearly every package has none: that costs one bloom-filtered look. */
    List<EvaluatedAdvisory> of(PackageKey packageKey) {
        byte[] prefix = StoreKeys.advisedPackage(packageKey.text());
        if (advisories.get(Bytes.wrap(prefix)) == null) {
            return List.of();
        }
        List<EvaluatedAdvisory> found = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> rows =
                advisories.range(Bytes.wrap(prefix), Bytes.wrap(StoreKeys.afterAll(prefix)))) {
            while (rows.hasNext()) {
                var row = rows.next();
                if (row.key.get().length > prefix.length) {
                    found.add(matching.evaluate(codec.decode(row.value)));
                }
            }
        }
        return found;
    }

    /** @throws IllegalArgumentException if the advisory is for no package that can be */
    static PackageKey packageOf(AdvisoryAccepted advisory) {
        return PackageKey.parse(advisory.getEcosystem() + ":" + advisory.getPackageName());
    }
}
