package tocsin.dispatcher.payload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.UUID;
import tocsin.dispatcher.incident.Advisory;

/**
 * The data member of {@value #TYPE}: an incident that was told is none after all.
 *
 * @param update names the notification that is taken back
 */
public record WithdrawnPayload(UUID notificationId, UUID incidentId, Advisory advisory, Update update) {

    public static final String TYPE = "guard.advisory_withdrawn";

    private static final JsonFactory JSON = new JsonFactory();

    /** One JSON object. */
    public String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeObjectFieldStart("advisory");
            json.writeStringField("advisory_id", advisory.id());
            json.writeStringField("ecosystem", advisory.packageKey().ecosystem().wireName());
            json.writeStringField("package_name", advisory.packageKey().name());
            json.writeStringField("published_at", Timestamps.text(advisory.publishedAt()));
            Optional<String> withdrawnAt = advisory.withdrawnAt().map(Timestamps::text);
            if (withdrawnAt.isPresent()) {
                json.writeStringField("withdrawn_at", withdrawnAt.get());
            }
            json.writeArrayFieldStart("aliases");
            for (String alias : advisory.aliases()) {
                json.writeString(alias);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeStringField("notification_id", notificationId.toString());
            json.writeStringField("incident_id", incidentId.toString());
            update.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text.toString();
    }
}
