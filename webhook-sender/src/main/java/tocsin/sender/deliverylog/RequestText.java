package tocsin.sender.deliverylog;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.avro.WebhookRequested;

/** What a request says to its receiver, as text. */
public final class RequestText {

    private static final MessageCodec<WebhookRequested> CODEC = MessageCodec.of(WebhookRequested.class);

    private RequestText() {}

    /** The envelope of the Standard Webhooks, "Payload structure", with the data as it came. Neither type nor time has a character that JSON escapes. */
    public static String standard(String type, Instant occurredAt, String data) {
        return "{\"type\":\"" + type + "\",\"timestamp\":\"" + timestamp(occurredAt) + "\",\"data\":" + data + "}";
    }

    /** Whole seconds, as all times of a payload. */
    public static Instant timestamp(Instant occurredAt) {
        return occurredAt.truncatedTo(ChronoUnit.SECONDS);
    }

    /** @param request the value of a {@code webhook.requested} that was read before */
    static String standard(byte[] request) {
        WebhookRequested message = CODEC.decode(request);
        return standard(message.getType(), message.getOccurredAt(), message.getData());
    }
}
