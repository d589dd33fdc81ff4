package tocsin.sender.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.service.outbox.OutboxRecord;

/** What the other services are told of an endpoint: topic {@code webhook.endpoint}, never its URL, never its secret. */
final class Announcement {

    private static final MessageCodec<WebhookEndpoint> CODEC = MessageCodec.of(WebhookEndpoint.class);

    private Announcement() {}

    static OutboxRecord of(Endpoint endpoint) {
        WebhookEndpoint message = WebhookEndpoint.newBuilder()
                .setEndpointId(endpoint.id())
                .setOrgId(endpoint.orgId())
                .setEnabled(endpoint.isEnabled())
                .setEventTypes(endpoint.eventTypes())
                .setThin(endpoint.thin())
                .build();
        return new OutboxRecord(Topics.WEBHOOK_ENDPOINT.name(), endpoint.id().getBytes(UTF_8), CODEC.encode(message));
    }

    static OutboxRecord ofDeleted(String endpointId) {
        return new OutboxRecord(Topics.WEBHOOK_ENDPOINT.name(), endpointId.getBytes(UTF_8), null);
    }
}
