package tocsin.tracker.intake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** JSON of one event, with caps on all of it. */
final class JsonText {

    /** Many times what an event can need; a longer one is nobody's mistake. */
    static final int MAX_BYTES = 64 * 1024;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(MAX_BYTES)
                            .maxNameLength(256)
                            .maxNumberLength(40)
                            .maxNestingDepth(8)
                            .build())
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonText() {}

    /** @throws IllegalArgumentException if it is no JSON within the caps; the message does not repeat it. */
    static JsonNode parse(byte[] value) {
        if (value.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "JSON has " + value.length + " bytes, at most " + MAX_BYTES + " are read");
        }
        try {
            // RFC 8259: UTF-8 and nothing else; the parser would find out UTF-16 by itself.
            return MAPPER.readTree(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("JSON is not in UTF-8", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("value is no JSON that is read here", e);
        }
    }
}
