package tocsin.local.osv;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;
import tocsin.local.running.RecordProducer;

/** Tells an OSV record from what is none. What a record says is not looked at. */
public final class OsvReader {

    /** Room for the message's other fields within what the broker takes. */
    public static final int MAX_BYTES = RecordProducer.MAX_VALUE_BYTES - 1_000;

    // Files come from outside: a depth bomb or a number of a million digits must not cost more than its refusal.
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxNumberLength(100)
                    .maxNameLength(1_000)
                    .maxStringLength(MAX_BYTES)
                    .build())
            .build();

    private OsvReader() {}

    /** @param bytes at most one more than {@link #MAX_BYTES} need to be given of a longer record */
    public static OsvRecord read(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            return new OsvRecord.Refused("longer than " + MAX_BYTES + " bytes");
        }
        String json;
        try {
            json = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException _) {
            return new OsvRecord.Refused("not UTF-8");
        }
        try (JsonParser parser = JSON.createParser(json)) {
            return read(parser, json);
        } catch (JsonProcessingException _) {
            return new OsvRecord.Refused("not JSON");
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }

    private static OsvRecord read(JsonParser parser, String json) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return new OsvRecord.Refused("not a JSON object");
        }
        String id = null;
        String modified = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == JsonToken.VALUE_STRING && field.equals("id")) {
                id = parser.getText();
            } else if (value == JsonToken.VALUE_STRING && field.equals("modified")) {
                modified = parser.getText();
            } else {
                parser.skipChildren();
            }
        }
        if (parser.nextToken() != null) {
            return new OsvRecord.Refused("more than one JSON value");
        }
        if (id == null || id.isBlank()) {
            return new OsvRecord.Refused("no id");
        }
        return isInstant(modified) ? new OsvRecord.Sendable(id, json) : new OsvRecord.Refused("no time in modified");
    }

    private static boolean isInstant(@Nullable String text) {
        if (text == null) {
            return false;
        }
        try {
            OffsetDateTime.parse(text);
            return true;
        } catch (DateTimeException _) {
            return false;
        }
    }
}
