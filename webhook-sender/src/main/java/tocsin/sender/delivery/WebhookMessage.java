package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.WebhookContract;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.deliverylog.LoggedDelivery;

/**
 * A request that can be delivered: ids that fit a header, a type that needs no escaping, data that is one JSON object. Its
 * body is the same bytes at every attempt.
 */
record WebhookMessage(LoggedDelivery delivery, Instant occurredAt, String data) {

    private static final MessageCodec<WebhookRequested> CODEC = MessageCodec.of(WebhookRequested.class);

    /** @throws UndecodableMessageException if the bytes are none; the message says why and repeats nothing of them */
    static WebhookMessage decode(byte[] bytes) {
        if (bytes.length > WebhookContract.MAX_REQUEST_BYTES) {
            throw new UndecodableMessageException("request has " + bytes.length + " bytes, at most "
                    + WebhookContract.MAX_REQUEST_BYTES + " are sent");
        }
        WebhookRequested request = CODEC.decode(bytes);
        try {
            WebhookContract.check(request);
        } catch (IllegalArgumentException e) {
            throw new UndecodableMessageException(String.valueOf(e.getMessage()));
        }
        return new WebhookMessage(
                new LoggedDelivery(
                        request.getWebhookId(),
                        request.getEndpointId(),
                        request.getNotificationId(),
                        request.getOrgId(),
                        request.getType()),
                request.getOccurredAt(),
                request.getData());
    }

    /** The envelope of the Standard Webhooks, "Payload structure", with the data as it came. */
    byte[] body() {
        // Neither type nor time has a character that JSON escapes. Whole seconds, as all times of a payload.
        Instant timestamp = occurredAt.truncatedTo(ChronoUnit.SECONDS);
        return ("{\"type\":\"" + delivery.type() + "\",\"timestamp\":\"" + timestamp + "\",\"data\":" + data + "}")
                .getBytes(UTF_8);
    }

    @Override
    public String toString() {
        return "WebhookMessage[" + delivery.webhookId() + " to " + delivery.endpointId() + "]";
    }
}
