package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.matcher.feed.PublishedAdvisory;
import tocsin.matcher.feed.Remembered;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.AdvisoryAccepted;

/** What is remembered of the advisories of one intake task, and what was accepted last of each for each package. Used by its stream thread alone. */
final class RememberedRepository {

    private static final Logger LOG = LoggerFactory.getLogger(RememberedRepository.class);

    /** No identity is empty before its blank. Says that what was accepted before is remembered. */
    private static final Bytes REBUILT = Bytes.wrap(new byte[] {' '});

    private final KeyValueStore<Bytes, byte[]> memory;
    private final MessageCodec<AdvisoryAccepted> codec = MessageCodec.of(AdvisoryAccepted.class);

    RememberedRepository(KeyValueStore<Bytes, byte[]> memory) {
        this.memory = memory;
    }

    /**
     * A matcher with an empty state would take a revision of an old advisory for the first that anybody heard of it. Before it decides anything it
     * reads what it once accepted. What it does remember is newer.
     */
    void rebuild(int partition, AcceptedAdvisories acceptedBefore) {
        if (memory.get(REBUILT) != null) {
            return;
        }
        Map<String, Remembered> rebuilt = new HashMap<>();
        acceptedBefore.read(partition, accepted -> {
            String identity = identityOf(accepted);
            if (memory.get(key(identity)) == null) {
                putLast(accepted);
                rebuilt.merge(
                        identity, Remembered.of(accepted, AdvisoryRepository.packageOf(accepted)), Remembered::with);
            }
        });
        rebuilt.forEach(this::put);
        // After all of it, in the changelog too: begun and not ended it is done anew.
        memory.put(REBUILT, new byte[] {1});
        LOG.atInfo()
                .addKeyValue("partition", partition)
                .addKeyValue("advisories", rebuilt.size())
                .log("intake.remembers");
    }

    Optional<Remembered> find(String identity) {
        return Optional.ofNullable(memory.get(key(identity))).map(Remembered::decode);
    }

    void put(String identity, Remembered remembered) {
        memory.put(key(identity), remembered.encode());
    }

    /** What was accepted last for one package. */
    Optional<AdvisoryAccepted> last(String identity, PackageKey packageKey) {
        byte[] stored = memory.get(lastKey(identity, packageKey));
        try {
            return Optional.ofNullable(stored).map(codec::decode);
        } catch (UndecodableMessageException e) {
            throw new StreamsException("what was accepted last cannot be read", e);
        }
    }

    void putLast(AdvisoryAccepted accepted) {
        memory.put(lastKey(identityOf(accepted), AdvisoryRepository.packageOf(accepted)), codec.encode(accepted));
    }

    /** As {@link #last}, to be asked for one package after the other, some times for each: of thousands, not all need be in memory at once. */
    Function<PackageKey, Optional<AdvisoryAccepted>> lastOf(String identity) {
        return new LastRead(identity);
    }

    private final class LastRead implements Function<PackageKey, Optional<AdvisoryAccepted>> {

        private final String identity;
        private Optional<PackageKey> packageKey = Optional.empty();
        private Optional<AdvisoryAccepted> stands = Optional.empty();

        LastRead(String identity) {
            this.identity = identity;
        }

        @Override
        public Optional<AdvisoryAccepted> apply(PackageKey asked) {
            if (!packageKey.equals(Optional.of(asked))) {
                stands = last(identity, asked);
                packageKey = Optional.of(asked);
            }
            return stands;
        }
    }

    private static String identityOf(AdvisoryAccepted accepted) {
        return PublishedAdvisory.identity(accepted.getFeed(), accepted.getAdvisoryId());
    }

    private static Bytes key(String identity) {
        return Bytes.wrap(identity.getBytes(UTF_8));
    }

    /** An identity holds no zero byte, so none is the beginning of another's key. */
    private static Bytes lastKey(String identity, PackageKey packageKey) {
        return Bytes.wrap((identity + '\0' + packageKey.text()).getBytes(UTF_8));
    }
}
