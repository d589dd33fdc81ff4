package tocsin.sender.deliverylog;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.service.outbox.OutboxRecord;

/** What the dispatcher is told of the end of a delivery: topic {@code delivery.settled}. */
final class SettledRecord {

    private static final MessageCodec<DeliverySettled> CODEC = MessageCodec.of(DeliverySettled.class);

    private SettledRecord() {}

    static OutboxRecord of(LoggedDelivery delivery, Settlement settlement) {
        DeliverySettled message = DeliverySettled.newBuilder()
                .setNotificationId(delivery.notificationId())
                .setMessageId(delivery.webhookId())
                .setDestination(delivery.endpointId())
                .setOutcome(settlement.delivered() ? DeliveryOutcome.DELIVERED : DeliveryOutcome.FAILED)
                .setAttempts(settlement.attempts())
                .setReason(settlement.reason().orElse(null))
                .setSettledAt(settlement.settledAt())
                .build();
        return new OutboxRecord(
                Topics.DELIVERY_SETTLED.name(),
                delivery.notificationId().getBytes(UTF_8),
                CODEC.encode(message),
                Map.of(MessageHeaders.MESSAGE_ID, delivery.webhookId().getBytes(UTF_8)));
    }
}
