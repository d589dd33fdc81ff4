package tocsin.dispatcher.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import java.util.List;

/**
 * A type of event that endpoints can subscribe to.
 *
 * @param accepted whether services of the platform may tell of it; the others are Tocsin's own
 * @param description one sentence
 * @param schema what {@code data} looks like, as JSON Schema 2020-12
 * @param check the same, ready to be used
 */
record EventType(String name, boolean accepted, String description, JsonNode schema, Schema check) {

    private static final int MOST_PROBLEMS = 5;

    /** @return where {@code data} differs, by place and rule, without what stands there; empty if it is as it should be */
    List<String> problems(JsonNode data) {
        return check.validate(data).stream()
                .map(error -> error.getInstanceLocation() + " fails " + error.getKeyword()
                        + (error.getProperty() == null ? "" : " " + error.getProperty()))
                .limit(MOST_PROBLEMS)
                .toList();
    }

    /** A payload's {@code data} such as it may come. */
    JsonNode example() {
        return schema.path("examples").path(0);
    }
}
