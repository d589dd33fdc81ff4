package tocsin.schemas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.message.BadHeaderException;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.MissingSchemaException;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/**
 * Avro single-object encoding of one message type: {@code C3 01}, eight bytes of schema fingerprint (CRC-64-AVRO, little
 * endian), body. Reads every released schema of the type and writes the current one. Safe for use by many threads.
 */
public final class MessageCodec<T extends SpecificRecord> {

    /** What a topic takes by default; a longer one, which only compression brings past the broker, is refused before it is parsed. */
    public static final int MAX_MESSAGE_BYTES = 1024 * 1024;

    private static final int PREFIX_LENGTH = 10;

    static {
        AvroLimits.apply();
    }

    private final Schema schema;
    private final BinaryMessageEncoder<T> encoder;
    private final BinaryMessageDecoder<T> decoder;

    private MessageCodec(Class<T> type) {
        SpecificData model = SpecificData.getForClass(type);
        schema = model.getSchema(type);
        encoder = new BinaryMessageEncoder<>(model, schema);
        decoder = new BinaryMessageDecoder<>(model, schema);
        ReleasedSchemas.of(schema.getName()).forEach(decoder::addSchema);
    }

    /** @param type a class generated from one of the schemas in {@code src/main/avro}. */
    public static <T extends SpecificRecord> MessageCodec<T> of(Class<T> type) {
        return new MessageCodec<>(type);
    }

    public byte[] encode(T message) {
        try {
            ByteBuffer encoded = encoder.encode(message);
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException("encoding to memory failed", e);
        }
    }

    /** @throws UndecodableMessageException if the bytes are not a message of this type. */
    public T decode(byte[] bytes) {
        if (bytes.length > MAX_MESSAGE_BYTES) {
            throw new UndecodableMessageException(
                    "message has " + bytes.length + " bytes, at most " + MAX_MESSAGE_BYTES + " are read");
        }
        try {
            return decoder.decode(bytes);
        } catch (BadHeaderException e) {
            throw new UndecodableMessageException("not in Avro single-object encoding (it starts with C3 01)", e);
        } catch (MissingSchemaException e) {
            throw new UndecodableMessageException(
                    "written with a schema that is no released schema of " + schema.getName(), e);
        } catch (IOException | RuntimeException e) {
            // On damaged bytes Avro throws whatever its reading stumbles on, from EOFException to
            // UnsupportedOperationException.
            throw new UndecodableMessageException("body is not a " + schema.getName() + " of the schema it names", e);
        }
    }

    /** The ten bytes that start every message written with the current schema, as hexadecimal digits. */
    public String prefixHex() {
        byte[] prefix = ByteBuffer.allocate(PREFIX_LENGTH)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0xC3)
                .put((byte) 0x01)
                .putLong(SchemaNormalization.parsingFingerprint64(schema))
                .array();
        return HexFormat.of().withUpperCase().formatHex(prefix);
    }

    /** The current schema, as written. */
    public Schema schema() {
        return schema;
    }
}
