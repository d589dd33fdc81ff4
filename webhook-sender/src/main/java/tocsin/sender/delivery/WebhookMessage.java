package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.UndecodableMessageException;
import tocsin.schemas.WebhookContract;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.deliverylog.LoggedDelivery;
import tocsin.sender.deliverylog.RequestText;
import tocsin.sender.endpoint.EndpointFormat;
import tocsin.sender.signing.SigningSecret;
import tocsin.sender.signing.TakumoSignature;

/**
 * A request that can be delivered: ids that fit a header, a type that needs no escaping, data that is one JSON object. For
 * the same format and secret its body is the same bytes at every attempt.
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

    /** As a {@code webhook.requested} of it would be. */
    byte[] encoded() {
        return CODEC.encode(WebhookRequested.newBuilder()
                .setWebhookId(delivery.webhookId())
                .setNotificationId(delivery.notificationId())
                .setOrgId(delivery.orgId())
                .setEndpointId(delivery.endpointId())
                .setType(delivery.type())
                .setOccurredAt(occurredAt)
                .setData(data)
                .build());
    }

    /**
     * With the data as it came.
     *
     * @param secret signs what carries a signature inside
     */
    byte[] body(EndpointFormat format, SigningSecret secret) {
        return switch (format) {
            case STANDARD ->
                RequestText.standard(delivery.type(), occurredAt, data).getBytes(UTF_8);
            case TAKUMO -> takumoBody(secret);
        };
    }

    /** A signature cannot cover itself: the member covers the body as it is without it. The header covers all. */
    private byte[] takumoBody(SigningSecret secret) {
        String unsigned = "{\"event\":\"" + delivery.type() + "\",\"timestamp\":\"" + RequestText.timestamp(occurredAt)
                + "\",\"organization_id\":\"" + escaped(delivery.orgId()) + "\",\"data\":" + data + "}";
        String signature = TakumoSignature.sign(unsigned.getBytes(UTF_8), secret);
        return (unsigned.substring(0, unsigned.length() - 1) + ",\"signature\":\"" + signature + "\"}").getBytes(UTF_8);
    }

    /** An id is printable ASCII, of which JSON escapes these two. */
    private static String escaped(String id) {
        return id.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    @Override
    public String toString() {
        return "WebhookMessage[" + delivery.webhookId() + " to " + delivery.endpointId() + "]";
    }
}
