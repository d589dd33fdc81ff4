package tocsin.dispatcher.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import tocsin.schemas.WebhookContract;

/** JSON of outsiders: one whole text, no member named twice, for that means one thing to this reader and another to that. */
final class StrictJson {

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            // An event over HTTP is one level above its data.
                            .maxNestingDepth(WebhookContract.MAX_DATA_DEPTH + 1)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // Numbers stay as they were written.
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private StrictJson() {}

    /** @throws IllegalArgumentException if it is none; the message repeats nothing of it */
    static JsonNode read(String text, String what) {
        try {
            return JSON.readTree(text);
        } catch (IOException _) {
            // Without the cause, which quotes the text.
            throw new IllegalArgumentException(what + " is not valid JSON");
        }
    }
}
