package tocsin.dispatcher.events;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tocsin.schemas.avro.PlatformEvent;

/** An event as HTTP brings it. */
final class EventJson {

    private static final Set<String> MEMBERS =
            Set.of("event_id", "type", "occurred_at", "data", "webhook_endpoint_ids");

    private EventJson() {}

    /** @throws IllegalArgumentException with a reason that repeats nothing of the text */
    static PlatformEvent read(String org, String text) {
        JsonNode event = StrictJson.read(text, "the body");
        refuse(!event.isObject(), "the body is not one JSON object");
        event.fieldNames()
                .forEachRemaining(name -> refuse(
                        !MEMBERS.contains(name),
                        "a member is none of event_id, type, occurred_at, data, webhook_endpoint_ids"));
        refuse(!event.path("data").isObject(), "data is not a JSON object");
        return PlatformEvent.newBuilder()
                .setEventId(text(event, "event_id"))
                .setOrgId(org)
                .setType(text(event, "type"))
                .setOccurredAt(time(text(event, "occurred_at")))
                .setData(event.path("data").toString())
                .setWebhookEndpointIds(endpoints(event.path("webhook_endpoint_ids")))
                .build();
    }

    private static String text(JsonNode event, String member) {
        JsonNode value = event.path(member);
        refuse(!value.isTextual(), member + " is missing or no text");
        return value.asText();
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MILLIS);
        } catch (DateTimeException _) {
            throw new IllegalArgumentException("occurred_at is not a time such as 2026-04-17T10:00:00Z");
        }
    }

    private static List<String> endpoints(JsonNode value) {
        List<String> endpoints = new ArrayList<>();
        if (!value.isMissingNode() && !value.isNull()) {
            refuse(!value.isArray(), "webhook_endpoint_ids is not a list");
            for (JsonNode endpoint : value) {
                refuse(!endpoint.isTextual(), "webhook_endpoint_ids holds something else than text");
                endpoints.add(endpoint.asText());
            }
        }
        return endpoints;
    }

    private static void refuse(boolean bad, String reason) {
        if (bad) {
            throw new IllegalArgumentException(reason);
        }
    }
}
