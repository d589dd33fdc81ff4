package tocsin.dispatcher.events;

import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Status;
import io.micronaut.serde.annotation.Serdeable;
import io.micronaut.serde.config.naming.SnakeCaseStrategy;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.service.http.Problem;
import tocsin.service.security.Caller;
import tocsin.service.security.ServiceScope;

/** Events of the platform, for services that do not speak to the broker. */
@Controller("/v1/orgs/{org}/events")
final class EventController {

    private final EventTypes types;
    private final EventPublisher publisher;

    EventController(EventTypes types, EventPublisher publisher) {
        this.types = types;
        this.publisher = publisher;
    }

    /**
     * How the body looks, for whoever reads the description; {@link EventJson} reads it, and takes nothing else.
     *
     * @param eventId at a repeat the same: it is told once
     * @param data as the schema of its type says
     * @param webhookEndpointIds of endpoints to tell in any case
     */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record Wanted(
            String eventId,
            String type,
            Instant occurredAt,

            @Schema(type = "object", additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
            Map<String, Object> data,

            @Nullable List<String> webhookEndpointIds) {}

    /** @param notificationId what the ledger has it under, at every repeat the same */
    @Serdeable(naming = SnakeCaseStrategy.class)
    record Accepted(String eventId, UUID notificationId) {}

    /**
     * Takes one event. Answers 202 once it is stored. A type that nobody knows is refused with the list of those that there are.
     */
    @Post
    @Status(HttpStatus.ACCEPTED)
    @RequestBody(content = @Content(schema = @Schema(implementation = Wanted.class)))
    Accepted tell(@PathVariable String org, @Body String body, @Parameter(hidden = true) Caller caller) {
        caller.requireScope(ServiceScope.PLATFORM);
        PlatformEvent event;
        try {
            event = EventReader.check(EventJson.read(org, body), types).event();
        } catch (IllegalArgumentException e) {
            throw Problem.unprocessable(String.valueOf(e.getMessage()));
        }
        publisher.publish(event);
        return new Accepted(event.getEventId(), NotificationIds.ofEvent(org, event.getEventId()));
    }
}
