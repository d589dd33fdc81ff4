package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.newOrg;
import static tocsin.sender.delivery.DeliveryRecords.header;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.Answer;
import tocsin.testsupport.WebhookReceiver;

/** Bad requests, a broker or a database that goes away, a restart: the rest is delivered. */
class GoesOnWhateverHappensTest {

    private final SenderService sender = SenderService.shared();

    @Test
    void putsIntoQuarantineWhatItCannotReadAndGoesOn() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            byte[] key = endpoint.id().getBytes(UTF_8);
            byte[] undecodable = "no avro".getBytes(UTF_8);
            WebhookRequested noObject =
                    SenderService.request(endpoint).setData("[1]").build();
            WebhookRequested before = SenderService.request(endpoint).build();
            WebhookRequested after = SenderService.request(endpoint).build();

            // When
            sender.request(before);
            sender.broker().send(Topics.WEBHOOK_REQUESTED.name(), key, undecodable);
            sender.request(noObject);
            sender.request(after);

            // Then
            assertEquals(DeliveryOutcome.DELIVERED, sender.settled(before).getOutcome());
            assertEquals(DeliveryOutcome.DELIVERED, sender.settled(after).getOutcome());
            List<ConsumerRecord<byte[], byte[]>> bad =
                    await().atMost(LIMIT).until(() -> quarantined(endpoint), records -> records.size() == 2);
            Set<String> reasons = new HashSet<>();
            for (ConsumerRecord<byte[], byte[]> record : bad) {
                reasons.add(header(record, "quarantine-reason"));
                assertEquals(Topics.WEBHOOK_REQUESTED.name(), header(record, "quarantine-topic"));
            }
            assertEquals(
                    Set.of("not in Avro single-object encoding (it starts with C3 01)", "data is not a JSON object"),
                    reasons);
            assertEquals(2, receiver.received().size());
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> quarantined(Registered endpoint) {
        return sender.broker().readAll(Topics.quarantineOf("webhook-sender").name()).stream()
                .filter(record -> new String(record.key(), UTF_8).equals(endpoint.id()))
                .toList();
    }

    @Test
    void losesNothingWhenTheBrokerGoesAwayInTheMiddle() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            List<WebhookRequested> requests = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                requests.add(SenderService.request(endpoint).build());
            }
            receiver.hold();
            requests.forEach(sender::request);
            receiver.awaitRequests(4, LIMIT);

            // When
            sender.broker().stop();
            receiver.release();
            sender.broker().restart();

            // Then
            Set<String> delivered =
                    await().atMost(LIMIT).until(() -> sender.delivered(endpoint), ids -> ids.size() >= requests.size());
            assertEquals(requests.stream().map(WebhookRequested::getWebhookId).collect(Collectors.toSet()), delivered);
        }
    }

    @Test
    void losesNothingWhenTheDatabaseGoesAwayInTheMiddle() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested inTheMiddle = SenderService.request(endpoint).build();
            WebhookRequested meanwhile = SenderService.request(endpoint).build();
            receiver.hold();
            sender.request(inTheMiddle);
            receiver.awaitRequests(1, LIMIT);

            // When
            sender.postgres().stop();
            receiver.release();
            sender.request(meanwhile);
            sender.postgres().restart();

            // Then
            assertEquals(DeliveryOutcome.DELIVERED, sender.settled(inTheMiddle).getOutcome());
            assertEquals(DeliveryOutcome.DELIVERED, sender.settled(meanwhile).getOutcome());
        }
    }

    @Test
    void goesOnWithALadderAfterARestart() {
        try (WebhookReceiver receiver = sender.receiver(503)) {
            // Given
            receiver.answerWith(List.of(Answer.of(503).header("Retry-After", "2"), Answer.of(200)));
            Registered endpoint = sender.register(newOrg(), receiver.url());
            WebhookRequested request = SenderService.request(endpoint).build();
            sender.request(request);
            // The receiver knows of an attempt before the sender knows how it ended.
            await().atMost(LIMIT)
                    .until(() -> sender.shown(endpoint, request.getWebhookId())
                                    .path("attempts")
                                    .size()
                            == 1);

            // When
            sender.restart();

            // Then
            DeliverySettled settled = sender.settled(request);
            assertEquals(DeliveryOutcome.DELIVERED, settled.getOutcome());
            assertEquals(2, settled.getAttempts());
        }
    }
}
