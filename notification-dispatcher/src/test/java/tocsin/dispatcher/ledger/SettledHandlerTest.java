package tocsin.dispatcher.ledger;

import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.WebhookRequested;

class SettledHandlerTest {

    private static final String QUARANTINE = "notification-dispatcher.quarantine";

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();

    @Test
    void closesTheRowOfAWebhookWhenItsSenderSays() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.match(Samples.matched("org:" + org, Samples.advisory()));
        dispatcher.match(Samples.matched(
                "org:" + org, Samples.advisory().setAdvisoryId("GHSA-other").setPackageName("another-pkg")));
        List<WebhookRequested> webhooks = dispatcher.awaitWebhooks(org, 2);

        // When the first fails, is sent again by a person with success, and what failed comes once more
        settle(failed(webhooks.get(0)));
        settle(settled(webhooks.get(0)));
        settle(failed(webhooks.get(0)));
        settle(failed(webhooks.get(1)));

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .ledger(org)
                        .equals(List.of(
                                "breach " + endpoint + " delivered -",
                                "breach " + endpoint + " failed the receiver said no")));
    }

    @Test
    void putsWhatTheDatabaseCannotTakeIntoQuarantineAndGoesOn() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.match(
                Samples.matched("org:" + org, Samples.download("e1", "2026-04-15T08:30:00Z", Samples.human("u1"))));
        WebhookRequested webhook = dispatcher.awaitWebhooks(org, 1).getFirst();
        int before = dispatcher.records(QUARANTINE).size();

        // When
        settle(settled(webhook).setDestination("a\0b"));
        settle(settled(webhook).setSettledAt(Instant.ofEpochMilli(Long.MAX_VALUE)));
        settle(settled(webhook).setNotificationId(UUID.randomUUID() + "x"));
        settle(settled(webhook));

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).equals(List.of("breach " + endpoint + " delivered -")));
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.records(QUARANTINE).size() == before + 3);
    }

    private static DeliverySettled.Builder settled(WebhookRequested webhook) {
        return DeliverySettled.newBuilder()
                .setNotificationId(webhook.getNotificationId())
                .setMessageId(webhook.getWebhookId())
                .setDestination(webhook.getEndpointId())
                .setOutcome(DeliveryOutcome.DELIVERED)
                .setAttempts(1)
                .setSettledAt(Instant.parse("2026-04-17T10:02:00Z"));
    }

    private static DeliverySettled.Builder failed(WebhookRequested webhook) {
        return settled(webhook).setOutcome(DeliveryOutcome.FAILED).setReason("the receiver said no");
    }

    /** One key for all: in the order of the test. */
    private void settle(DeliverySettled.Builder settled) {
        dispatcher.produce(
                Topics.DELIVERY_SETTLED.name(),
                org,
                MessageCodec.of(DeliverySettled.class).encode(settled.build()));
    }
}
