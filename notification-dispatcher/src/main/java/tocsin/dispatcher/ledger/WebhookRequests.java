package tocsin.dispatcher.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.service.outbox.OutboxRecord;

/** Asks for a webhook by {@code webhook.requested}. */
public final class WebhookRequests {

    private static final MessageCodec<WebhookRequested> CODEC = MessageCodec.of(WebhookRequested.class);

    private WebhookRequests() {}

    /** @param data one JSON object */
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
        return new OutboxRecord(
                Topics.WEBHOOK_REQUESTED.name(),
                endpointId.getBytes(StandardCharsets.UTF_8),
                CODEC.encode(request),
                Map.of(MessageHeaders.MESSAGE_ID, webhookId.getBytes(StandardCharsets.UTF_8)));
    }
}
