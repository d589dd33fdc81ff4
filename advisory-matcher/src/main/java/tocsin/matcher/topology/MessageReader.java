package tocsin.matcher.topology;

import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.UndecodableMessageException;

/** Decodes a record's value, where no value at all is one more way to be undecodable. */
record MessageReader<T extends SpecificRecord>(MessageCodec<T> codec) {

    static <T extends SpecificRecord> MessageReader<T> of(Class<T> type) {
        return new MessageReader<>(MessageCodec.of(type));
    }

    /** @throws UndecodableMessageException if the bytes are not a message of the type */
    T read(byte @Nullable [] value) {
        if (value == null) {
            throw new UndecodableMessageException("record has no value");
        }
        return codec.decode(value);
    }
}
