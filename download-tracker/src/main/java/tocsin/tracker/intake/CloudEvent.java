package tocsin.tracker.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * A download in the envelope of CloudEvents 1.0, JSON format. The envelope stands in for what the data leaves out: its {@code id} for
 * {@code event_id}, its {@code source} for {@code source}, its {@code time} for {@code fetched_at}. Extensions are let pass.
 */
final class CloudEvent {

    static final String TYPE = "tocsin.download.observed";

    private static final Map<String, String> STANDS_IN =
            Map.of("id", "event_id", "source", "source", "time", "fetched_at");

    private CloudEvent() {}

    /** @return the event as {@link DownloadJson} reads it. @throws IllegalArgumentException if it is no envelope of a download */
    static JsonNode download(JsonNode envelope) {
        if (!envelope.isObject()) {
            throw new IllegalArgumentException("CloudEvent is no JSON object");
        }
        if (!"1.0".equals(envelope.path("specversion").textValue())) {
            throw new IllegalArgumentException("CloudEvent is not of specversion 1.0");
        }
        if (!TYPE.equals(envelope.path("type").textValue())) {
            throw new IllegalArgumentException("CloudEvent is not of type " + TYPE);
        }
        if (!(envelope.path("data") instanceof ObjectNode data)) {
            // Inside of a text nobody has looked yet.
            if (ShownSecret.mayStandIn(envelope.path("data").asText())
                    || ShownSecret.mayStandInBase64(envelope.path("data_base64").asText())) {
                throw new TokenShownException("CloudEvent has no JSON object as data");
            }
            throw new IllegalArgumentException("CloudEvent has no JSON object as data");
        }
        STANDS_IN.forEach((attribute, field) -> {
            if (DownloadJson.absent(data.path(field)) && !DownloadJson.absent(envelope.path(attribute))) {
                data.set(field, envelope.path(attribute));
            }
        });
        return data;
    }
}
