package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.newOrg;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.WebhookReceiver;

/** The first retry topic takes nothing for a while. {@code -Dtocsin.test.outage-seconds=60} is the long form. */
class RetryTopicOutageLosesNothingTest {

    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("tocsin.test.outage-seconds", 2));

    private static final String LARGEST = "max.message.bytes";

    private final SenderService sender = SenderService.shared();

    private void takeUpTo(String bytes) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", sender.broker().bootstrapServers(), "enable.metrics.push", false))) {
            ConfigResource retries = new ConfigResource(ConfigResource.Type.TOPIC, Topics.WEBHOOK_RETRY_1S.name());
            admin.incrementalAlterConfigs(Map.of(
                            retries,
                            List.of(new AlterConfigOp(new ConfigEntry(LARGEST, bytes), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            // The controller has it; the broker follows.
            await().atMost(LIMIT)
                    .until(() -> admin.describeConfigs(List.of(retries)).all().get().values().stream()
                            .allMatch(topic -> bytes.equals(topic.get(LARGEST).value())));
        }
    }

    @Test
    void holdsWhatFailsAndDeliversTheRest() throws Exception {
        try (WebhookReceiver sound = sender.receiver(200);
                WebhookReceiver failing = sender.receiver(500)) {
            // Given
            Registered well = sender.register(newOrg(), sound.url());
            Registered ill = sender.register(newOrg(), failing.url());
            WebhookRequested fails = SenderService.request(ill).build();
            Set<String> asked = new HashSet<>();

            // When
            takeUpTo("1");
            try {
                sender.request(fails);
                failing.awaitRequests(1, LIMIT);
                long end = System.nanoTime() + OUTAGE.toNanos();
                await().atMost(OUTAGE.plus(LIMIT))
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> {
                            WebhookRequested request =
                                    SenderService.request(well).build();
                            asked.add(request.getWebhookId());
                            sender.request(request);
                            return System.nanoTime() > end;
                        });

                // Then
                await().atMost(LIMIT).until(() -> sender.delivered(well).equals(asked));
                assertEquals(1, failing.received().size());
                assertEquals(List.of(), sender.settlements(fails.getWebhookId()));
                failing.answerWith(200);
            } finally {
                takeUpTo(Objects.requireNonNull(Topics.WEBHOOK_RETRY_1S.config().get(LARGEST)));
            }
            assertEquals(
                    DeliveryOutcome.DELIVERED,
                    sender.awaitSettlements(fails.getWebhookId(), 1).getFirst().getOutcome());
            assertEquals(2, failing.received().size());
            assertEquals(asked.size(), sound.received().size());
        }
    }
}
