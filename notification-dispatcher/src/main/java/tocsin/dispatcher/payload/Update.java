package tocsin.dispatcher.payload;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.UUID;
import tocsin.dispatcher.ledger.Notification;

/**
 * What a later notification adds to.
 *
 * @param first the first notification of the incident at the destination
 */
public record Update(Notification.Kind kind, UUID first) {

    void write(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("update");
        json.writeStringField("kind", kind.text());
        json.writeStringField("notification_id", first.toString());
        json.writeEndObject();
    }
}
