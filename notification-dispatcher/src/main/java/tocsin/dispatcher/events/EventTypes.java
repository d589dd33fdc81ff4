package tocsin.dispatcher.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All types of events, in the order in which people are shown them. Each has a file in {@code event-types/}: a schema with an example. */
final class EventTypes {

    private static final List<String> OWN =
            List.of("guard.malicious_package_detected", "guard.advisory_withdrawn", "webhook.test");

    private static final List<String> ACCEPTED = List.of(
            "secret.detected",
            "policy.violated",
            "key.revoked",
            "member.joined",
            "member.removed",
            "api.workflow_run.exited",
            "webhook.endpoint_disabled");

    private final Map<String, EventType> accepted;
    private final List<EventType> all;

    EventTypes() {
        SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
        this.all = Stream.concat(
                        OWN.stream().map(name -> read(schemas, name, false)),
                        ACCEPTED.stream().map(name -> read(schemas, name, true)))
                .toList();
        this.accepted = all.stream()
                .filter(EventType::accepted)
                .collect(Collectors.toUnmodifiableMap(EventType::name, Function.identity()));
    }

    /** Tocsin's own first. */
    List<EventType> all() {
        return all;
    }

    /**
     * @param data one JSON object
     * @throws IllegalArgumentException if nobody may tell of such a type, or its data is not like its schema; the message lists the known types, or
     *     where the data differs, and repeats nothing of it
     */
    void check(String type, String data) {
        EventType known = accepted.get(type);
        if (known == null) {
            throw new IllegalArgumentException("the type is none of " + String.join(", ", ACCEPTED));
        }
        List<String> problems = known.problems(StrictJson.read(data, "data"));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "data is not as the schema of " + type + " says: " + String.join("; ", problems));
        }
    }

    private static EventType read(SchemaRegistry schemas, String name, boolean accepted) {
        try (InputStream file = EventTypes.class.getResourceAsStream("/event-types/" + name + ".json")) {
            if (file == null) {
                throw new IllegalStateException("there is no schema of " + name);
            }
            JsonNode schema = StrictJson.read(new String(file.readAllBytes(), UTF_8), name);
            return new EventType(
                    name, accepted, schema.path("description").asText(), schema, schemas.getSchema(schema));
        } catch (IOException e) {
            throw new UncheckedIOException("the schema of " + name + " cannot be read", e);
        }
    }
}
