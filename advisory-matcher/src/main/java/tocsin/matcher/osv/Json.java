package tocsin.matcher.osv;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** JSON with caps, and typed looks into it. A look that finds another type than OSV has there fails. */
final class Json {

    /** The largest real record known has 15 kB. */
    private static final int MAX_DOCUMENT_LENGTH = 512 * 1024;

    private static final int MAX_DEPTH = 32;
    private static final int MAX_TOKENS = 200_000;

    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxDocumentLength(MAX_DOCUMENT_LENGTH)
                            .maxStringLength(MAX_DOCUMENT_LENGTH)
                            .maxNameLength(1000)
                            .maxNumberLength(100)
                            .maxNestingDepth(MAX_DEPTH)
                            .maxTokenCount(MAX_TOKENS)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    private Json() {}

    static JsonNode parseObject(String text) {
        if (text.length() > MAX_DOCUMENT_LENGTH) {
            throw new UnreadableOsvException(
                    "record has " + text.length() + " characters, at most " + MAX_DOCUMENT_LENGTH + " are read");
        }
        try {
            JsonNode root = MAPPER.readTree(text);
            if (!root.isObject()) {
                throw new UnreadableOsvException("record is no JSON object");
            }
            return root;
        } catch (JsonProcessingException e) {
            // The original message quotes the text; where it broke off is enough to find it.
            throw new UnreadableOsvException("record is no JSON that is read here ("
                    + e.getClass().getSimpleName()
                    + (e.getLocation() == null
                            ? ""
                            : " at character " + e.getLocation().getCharOffset()) + ")");
        }
    }

    static Optional<String> text(JsonNode parent, String field) {
        JsonNode node = parent.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isTextual()) {
            throw new UnreadableOsvException(field + " is no text");
        }
        return Optional.of(node.textValue());
    }

    /** As {@link #text} where the value may be of any type, of which only text is meant. */
    static Optional<String> textIfAny(JsonNode parent, String field) {
        return Optional.ofNullable(parent.path(field).textValue());
    }

    static Optional<Instant> instant(JsonNode parent, String field) {
        return text(parent, field).map(text -> {
            try {
                Instant instant = Instant.parse(text);
                if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
                    throw new UnreadableOsvException(field + " is outside the years 1970 to 9999");
                }
                return instant;
            } catch (DateTimeException _) {
                throw new UnreadableOsvException(field + " is no RFC 3339 instant");
            }
        });
    }

    /** @return no elements if the field is absent. */
    static List<JsonNode> array(JsonNode parent, String field, int atMost) {
        JsonNode node = parent.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        if (!node.isArray()) {
            throw new UnreadableOsvException(field + " is no array");
        }
        if (node.size() > atMost) {
            throw new UnreadableOsvException(
                    field + " has " + node.size() + " elements, at most " + atMost + " are read");
        }
        List<JsonNode> elements = new ArrayList<>(node.size());
        node.forEach(elements::add);
        return elements;
    }
}
