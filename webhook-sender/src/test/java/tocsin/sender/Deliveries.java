package tocsin.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tocsin.engine.Delivery;
import tocsin.engine.MessageHeader;
import tocsin.schemas.Topic;
import tocsin.schemas.avro.WebhookRequested;

/** Requests as the engine hands them to its handler, though no topic has them. */
public final class Deliveries {

    private Deliveries() {}

    public static Delivery of(
            Topic topic, WebhookRequested request, int attempt, Instant firstAttemptAt, MessageHeader... headers) {
        return new Delivery(
                topic.name(),
                0,
                0,
                request.getEndpointId().getBytes(UTF_8),
                SenderService.encoded(request),
                List.of(headers),
                attempt,
                firstAttemptAt,
                Optional.empty());
    }

    public static MessageHeader header(String name, String value) {
        return new MessageHeader(name, value.getBytes(UTF_8));
    }
}
