package tocsin.local.shiplog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import java.util.OptionalLong;

/** A line that is one JSON object. */
record JsonLine(JsonNode object) {

    private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(20).build())
            .build());

    /** @throws IllegalArgumentException if it is none */
    static JsonLine parse(String line) {
        try {
            JsonNode node = MAPPER.readTree(line);
            if (node != null && node.isObject()) {
                return new JsonLine(node);
            }
        } catch (JsonProcessingException e) {
            // Its message repeats the line.
            throw new IllegalArgumentException("no JSON");
        }
        throw new IllegalArgumentException("no JSON object");
    }

    Optional<JsonLine> inner(String name) {
        return Optional.ofNullable(object.get(name)).filter(JsonNode::isObject).map(JsonLine::new);
    }

    boolean has(String name) {
        return object.has(name);
    }

    /** Text, or a number as text; empty for null, nothing and anything else. */
    Optional<String> text(String name) {
        return Optional.ofNullable(object.get(name))
                .filter(node -> node.isTextual() || node.isNumber())
                .map(JsonNode::asText)
                .filter(text -> !text.isEmpty());
    }

    /** @throws IllegalArgumentException if it is missing */
    String needed(String name) {
        return text(name).orElseThrow(() -> new IllegalArgumentException("no " + name));
    }

    /** A number, or digits as text. */
    OptionalLong number(String name) {
        return text(name)
                .filter(text -> text.matches("-?\\d{1,18}"))
                .map(text -> OptionalLong.of(Long.parseLong(text)))
                .orElse(OptionalLong.empty());
    }

    /** @throws IllegalArgumentException if it is missing */
    int status(String name) {
        long status = number(name).orElseThrow(() -> new IllegalArgumentException("no " + name));
        return Math.toIntExact(Math.clamp(status, 0, 1000));
    }

    @Override
    public String toString() {
        return "JsonLine";
    }
}
