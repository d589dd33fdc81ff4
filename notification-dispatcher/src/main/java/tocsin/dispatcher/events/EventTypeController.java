package tocsin.dispatcher.events;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import tocsin.service.security.Caller;

/** What endpoints can subscribe to, for whoever writes a receiver. */
@Controller("/v1/event-types")
final class EventTypeController {

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private final Answer answer;

    /** A whole message in the format {@code standard}. */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record Example(
            String type,
            String timestamp,

            @Schema(type = "object", additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
            Map<String, Object> data) {}

    /**
     * @param accepted whether {@code POST /v1/orgs/{org}/events} takes it
     * @param dataSchema JSON Schema 2020-12 of {@code data}
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record ShownType(
            String type,
            String description,
            boolean accepted,
            Example example,

            @Schema(type = "object", additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
            Map<String, Object> dataSchema) {
        static ShownType of(EventType type) {
            ObjectMapper json = new ObjectMapper();
            Map<String, Object> schema = json.convertValue(type.schema(), OBJECT);
            schema.remove("examples");
            return new ShownType(
                    type.name(),
                    type.description(),
                    type.accepted(),
                    new Example(type.name(), "2026-04-17T10:00:00Z", json.convertValue(type.example(), OBJECT)),
                    schema);
        }
    }

    @Serdeable(naming = SnakeCaseStrategy.class)
    record Answer(List<ShownType> eventTypes) {}

    EventTypeController(EventTypes types) {
        this.answer = new Answer(types.all().stream().map(ShownType::of).toList());
    }

    /**
     * Every type with one sentence, the JSON Schema of its {@code data}, and an example of a whole message in the format {@code standard}. For anybody with a
     * token.
     */
    @Get
    Answer list(@Parameter(hidden = true) Caller caller) {
        return answer;
    }
}
