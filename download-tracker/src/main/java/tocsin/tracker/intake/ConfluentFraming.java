package tocsin.tracker.intake;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.avro.DownloadObserved;

/** {@link DownloadObserved} in Confluent's framing: a zero byte, four bytes of schema number, an ordinary Avro body. */
final class ConfluentFraming {

    private static final int HEADER = 1 + Integer.BYTES;

    private final WriterSchemas schemas;

    ConfluentFraming(WriterSchemas schemas) {
        this.schemas = schemas;
    }

    /** Single-object encoding starts with another byte. */
    static boolean isOf(byte[] value) {
        return value.length > 0 && value[0] == 0;
    }

    /**
     * @throws UndecodableMessageException if the bytes are no such message
     * @throws RegistryUnavailableException if nobody can tell
     */
    DownloadObserved decode(byte[] value) {
        if (value.length < HEADER) {
            throw new UndecodableMessageException("too short for Confluent's framing");
        }
        Schema writer = schemas.find(ByteBuffer.wrap(value, 1, Integer.BYTES).getInt())
                .orElseThrow(
                        () -> new UndecodableMessageException("the schema registry has no Avro schema of this number"));
        try {
            return new SpecificDatumReader<DownloadObserved>(
                            writer, DownloadObserved.getClassSchema(), SpecificData.getForClass(DownloadObserved.class))
                    .read(null, DecoderFactory.get().binaryDecoder(value, HEADER, value.length - HEADER, null));
        } catch (IOException | RuntimeException e) {
            // On damaged bytes, and on a schema of something else, Avro throws whatever its reading stumbles on.
            throw new UndecodableMessageException("body is not a DownloadObserved of the schema it names", e);
        }
    }
}
