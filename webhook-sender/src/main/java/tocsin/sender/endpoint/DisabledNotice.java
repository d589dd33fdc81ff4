package tocsin.sender.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.List;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.service.outbox.OutboxRecord;

/** {@code webhook.endpoint_disabled} on {@code platform.event}: tells the organisation's other endpoints what nobody else would tell it. */
final class DisabledNotice {

    static final String TYPE = "webhook.endpoint_disabled";

    private static final MessageCodec<PlatformEvent> CODEC = MessageCodec.of(PlatformEvent.class);

    private DisabledNotice() {}

    static OutboxRecord of(Endpoint endpoint, String reason, Instant at) {
        PlatformEvent event = PlatformEvent.newBuilder()
                .setEventId("disabled-" + endpoint.id() + "-" + at.toEpochMilli())
                .setOrgId(endpoint.orgId())
                .setType(TYPE)
                .setOccurredAt(at)
                .setData("{\"endpoint_id\":\"" + endpoint.id() + "\",\"reason\":\"" + plain(reason) + "\"}")
                .setWebhookEndpointIds(List.of())
                .build();
        return new OutboxRecord(Topics.PLATFORM_EVENT.name(), endpoint.orgId().getBytes(UTF_8), CODEC.encode(event));
    }

    /** Our own words; should they ever hold what JSON escapes, it is not worth telling. */
    private static String plain(String reason) {
        return reason.replaceAll("[\\p{Cntrl}\"\\\\]", " ");
    }
}
