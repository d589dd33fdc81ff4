package tocsin.dispatcher.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topics;
import tocsin.schemas.WebhookContract;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.service.outbox.OutboxRecord;

/** Asks for a webhook by {@code webhook.requested}. */
public final class WebhookRequests {

    private static final MessageCodec<WebhookRequested> CODEC = MessageCodec.of(WebhookRequested.class);

    private WebhookRequests() {}

    /**
     * @param data one JSON object
     * @throws IllegalArgumentException for what the webhooks' sender would refuse: nothing would ever settle its row
     */
    public static OutboxRecord of(
            UUID notification, String org, String endpointId, String type, Instant occurredAt, String data) {
        String webhookId = NotificationIds.webhookId(notification, endpointId);
        WebhookRequested request = WebhookRequested.newBuilder()
                .setWebhookId(webhookId)
                .setNotificationId(notification.toString())
                .setOrgId(org)
                .setEndpointId(endpointId)
                .setType(type)
                .setOccurredAt(occurredAt)
                .setData(data)
                .build();
        WebhookContract.check(request);
        byte[] bytes = CODEC.encode(request);
        if (bytes.length > WebhookContract.MAX_REQUEST_BYTES) {
            throw new IllegalArgumentException("a request for a webhook has " + bytes.length + " bytes");
        }
        return new OutboxRecord(
                Topics.WEBHOOK_REQUESTED.name(),
                endpointId.getBytes(StandardCharsets.UTF_8),
                bytes,
                Map.of(MessageHeaders.MESSAGE_ID, webhookId.getBytes(StandardCharsets.UTF_8)));
    }
}
