package tocsin.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Avro single-object encoding of one message type: {@code C3 01}, eight bytes of schema fingerprint (CRC-64-AVRO, little
 * endian), body. Reads every released schema of the type and writes the current one. Safe for use by many threads.
 */
public final class MessageCodec<T extends SpecificRecord> {

    /** What a topic takes by default; a longer one, which only compression brings past the broker, is refused before it is parsed. */
    public static final int MAX_MESSAGE_BYTES = 1024 * 1024;

    /** Larger than most messages. */
    private static final int ENCODED_BYTES = 256;

    private static final int PREFIX_LENGTH = 10;
    private static final int MARKER_LENGTH = 2;
    private static final byte MARKER = (byte) 0xC3;
    private static final byte MARKER_VERSION = 0x01;
    private static final VarHandle FINGERPRINT =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    static {
        AvroLimits.apply();
    }

    // Both have buffers, which cost more to make than a message to read or write. What a message that failed left in
    // them goes with it.
    private static final ThreadLocal<@Nullable BinaryEncoder> ENCODER = new ThreadLocal<>();
    private static final ThreadLocal<@Nullable BinaryDecoder> DECODER = new ThreadLocal<>();

    private final Schema schema;
    private final byte[] prefix;
    private final DatumWriter<T> writer;
    /** By fingerprint of the schema that a message was written with. */
    private final Map<Long, DatumReader<T>> readers;

    private MessageCodec(Class<T> type) {
        SpecificData model = SpecificData.getForClass(type);
        schema = model.getSchema(type);
        prefix = ByteBuffer.allocate(PREFIX_LENGTH)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MARKER)
                .put(MARKER_VERSION)
                .putLong(fingerprint(schema))
                .array();
        writer = writer(model, schema);
        Map<Long, DatumReader<T>> byFingerprint = new HashMap<>();
        ReleasedSchemas.of(schema.getName())
                .forEach(written -> byFingerprint.put(fingerprint(written), reader(model, written, schema)));
        byFingerprint.put(fingerprint(schema), reader(model, schema, schema));
        readers = Map.copyOf(byFingerprint);
    }

    @SuppressWarnings("unchecked")
    private static <T> DatumReader<T> reader(SpecificData model, Schema written, Schema read) {
        return (DatumReader<T>) model.createDatumReader(written, read);
    }

    @SuppressWarnings("unchecked")
    private static <T> DatumWriter<T> writer(SpecificData model, Schema schema) {
        return (DatumWriter<T>) model.createDatumWriter(schema);
    }

    private static long fingerprint(Schema written) {
        return SchemaNormalization.parsingFingerprint64(written);
    }

    /** @param type a class generated from one of the schemas in {@code src/main/avro}. */
    public static <T extends SpecificRecord> MessageCodec<T> of(Class<T> type) {
        return new MessageCodec<>(type);
    }

    public byte[] encode(T message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(ENCODED_BYTES);
        try {
            out.write(prefix);
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, ENCODER.get());
            ENCODER.set(encoder);
            writer.write(message, encoder);
            encoder.flush();
            return out.toByteArray();
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
        if (bytes.length < PREFIX_LENGTH || bytes[0] != MARKER || bytes[1] != MARKER_VERSION) {
            throw new UndecodableMessageException("not in Avro single-object encoding (it starts with C3 01)");
        }
        DatumReader<T> reader = readers.get((long) FINGERPRINT.get(bytes, MARKER_LENGTH));
        if (reader == null) {
            throw new UndecodableMessageException(
                    "written with a schema that is no released schema of " + schema.getName());
        }
        try {
            // Not Avro's own BinaryMessageDecoder: it reads a stream, a byte at a time.
            BinaryDecoder decoder = DecoderFactory.get()
                    .binaryDecoder(bytes, PREFIX_LENGTH, bytes.length - PREFIX_LENGTH, DECODER.get());
            DECODER.set(decoder);
            return reader.read(null, decoder);
        } catch (IOException | RuntimeException e) {
            // On damaged bytes Avro throws whatever its reading stumbles on, from EOFException to
            // UnsupportedOperationException.
            throw new UndecodableMessageException("body is not a " + schema.getName() + " of the schema it names", e);
        }
    }

    /** The ten bytes that start every message written with the current schema, as hexadecimal digits. */
    public String prefixHex() {
        return HexFormat.of().withUpperCase().formatHex(prefix);
    }

    /** The current schema, as written. */
    public Schema schema() {
        return schema;
    }
}
