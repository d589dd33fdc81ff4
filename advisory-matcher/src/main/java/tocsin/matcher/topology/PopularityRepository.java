package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.PackagePopularity;

/** How many audiences fetched each package, of all partitions together, as every instance has it from {@code package.popularity}. */
final class PopularityRepository {

    private final ReadOnlyKeyValueStore<Bytes, byte[]> popularity;
    private final MessageCodec<PackagePopularity> codec = MessageCodec.of(PackagePopularity.class);

    PopularityRepository(ReadOnlyKeyValueStore<Bytes, byte[]> popularity) {
        this.popularity = popularity;
    }

    /** At least this many: each partition tells only powers of two. */
    int audiencesOf(PackageKey packageKey) {
        // Keys are "<package> <partition>"; no package holds a blank, and '!' is the sign after it.
        Bytes from = Bytes.wrap((packageKey.text() + ' ').getBytes(UTF_8));
        Bytes to = Bytes.wrap((packageKey.text() + '!').getBytes(UTF_8));
        long audiences = 0;
        try (KeyValueIterator<Bytes, byte[]> rows = popularity.range(from, to)) {
            while (rows.hasNext()) {
                audiences += audiencesIn(rows.next().value);
            }
        }
        return (int) Math.min(Integer.MAX_VALUE, audiences);
    }

    /** What somebody else wrote there tells nothing. */
    private int audiencesIn(byte[] value) {
        try {
            return Math.max(0, codec.decode(value).getAudiences());
        } catch (UndecodableMessageException _) {
            return 0;
        }
    }
}
