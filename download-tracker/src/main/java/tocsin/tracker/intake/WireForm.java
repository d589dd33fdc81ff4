package tocsin.tracker.intake;

import java.util.Locale;
import java.util.Optional;

/** How a record's value is written, by its header {@code content-type}. */
public enum WireForm {
    /** Avro, in single-object encoding or in Confluent's framing; also where nothing is said, and then it may be a JSON object too. */
    AVRO,
    /** A JSON object. */
    JSON,
    /** A CloudEvent in JSON format, structured mode. */
    CLOUD_EVENT;

    /** @param contentType a media type, with or without parameters; one that is not known leaves it to the value to prove itself */
    public static WireForm of(Optional<String> contentType) {
        String type = contentType
                .map(text -> text.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .orElse("");
        return switch (type) {
            case "application/json" -> JSON;
            case "application/cloudevents+json" -> CLOUD_EVENT;
            default -> AVRO;
        };
    }
}
