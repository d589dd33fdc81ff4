package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.PackageKey;
import tocsin.schemas.avro.AdvisoryHeld;

/** What is or was held of the advisories of one intake task. Used by its stream thread alone. */
final class HoldRepository {

    private final KeyValueStore<Bytes, byte[]> memory;
    private final MessageCodec<AdvisoryHeld> codec = MessageCodec.of(AdvisoryHeld.class);

    HoldRepository(KeyValueStore<Bytes, byte[]> memory) {
        this.memory = memory;
    }

    Optional<AdvisoryHeld> find(String identity, PackageKey packageKey) {
        return Optional.ofNullable(memory.get(key(identity, packageKey))).map(codec::decode);
    }

    void put(String identity, PackageKey packageKey, AdvisoryHeld row) {
        memory.put(key(identity, packageKey), codec.encode(row));
    }

    /** No package key begins so: its ecosystem is followed by a colon. */
    private static Bytes key(String identity, PackageKey packageKey) {
        return Bytes.wrap((identity + "\0held\0" + packageKey.text()).getBytes(UTF_8));
    }
}
