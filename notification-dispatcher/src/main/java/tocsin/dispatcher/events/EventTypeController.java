package tocsin.dispatcher.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.swagger.v3.oas.annotations.Parameter;
import tocsin.service.security.Caller;

/** What endpoints can subscribe to, for whoever writes a receiver. */
@Controller("/v1/event-types")
final class EventTypeController {

    private final String answer;

    EventTypeController(EventTypes types) {
        this.answer = answer(types);
    }

    /**
     * Every type with one sentence, the JSON Schema of its {@code data}, and an example of a whole message in the format {@code standard}.
     * {@code accepted} says whether {@code POST /v1/orgs/{org}/events} takes it. For anybody with a token.
     */
    @Get
    @Produces(MediaType.APPLICATION_JSON)
    String list(@Parameter(hidden = true) Caller caller) {
        return answer;
    }

    private static String answer(EventTypes types) {
        ObjectNode answer = new ObjectMapper().createObjectNode();
        ArrayNode list = answer.putArray("event_types");
        for (EventType type : types.all()) {
            ObjectNode each = list.addObject();
            each.put("type", type.name());
            each.put("description", type.description());
            each.put("accepted", type.accepted());
            ObjectNode example = each.putObject("example");
            example.put("type", type.name());
            example.put("timestamp", "2026-04-17T10:00:00Z");
            JsonNode data = type.example();
            example.set("data", data);
            each.set("data_schema", withoutExamples(type.schema()));
        }
        return answer.toString();
    }

    private static JsonNode withoutExamples(JsonNode schema) {
        ObjectNode shown = schema.deepCopy();
        shown.remove("examples");
        return shown;
    }
}
