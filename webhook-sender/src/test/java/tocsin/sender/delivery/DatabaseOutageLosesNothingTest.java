package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.newOrg;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.WebhookReceiver;

/** PostgreSQL goes away under load and comes back. {@code -Dtocsin.test.outage-seconds=60} is the long form. */
class DatabaseOutageLosesNothingTest {

    private static final Duration OUTAGE = Duration.ofSeconds(Integer.getInteger("tocsin.test.outage-seconds", 3));
    private static final Duration PACE = Duration.ofMillis(50);

    private final SenderService sender = SenderService.shared();
    private final Set<String> asked = new HashSet<>();

    @Test
    void waitsAliveAndDeliversEachOnce() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            List<Registered> endpoints =
                    List.of(sender.register(newOrg(), receiver.url()), sender.register(newOrg(), receiver.url()));
            askFor(Duration.ofMillis(500), endpoints);

            // When
            int before = asked.size();
            sender.postgres().stop();
            try {
                askFor(OUTAGE, endpoints);
                await().atMost(LIMIT)
                        .until(() -> sender.open("/health/readiness").statusCode() == 503);
                assertEquals(200, sender.open("/health/liveness").statusCode());
            } finally {
                sender.postgres().restart();
            }

            // Then
            assertTrue(asked.size() > before);
            await().atMost(LIMIT).until(() -> {
                Set<String> delivered = new HashSet<>();
                endpoints.forEach(endpoint -> delivered.addAll(sender.delivered(endpoint)));
                return delivered.equals(asked);
            });
            assertEquals(
                    asked.size(),
                    receiver.received().size(),
                    "what was posted is not posted again for want of a database");
            await().atMost(LIMIT).until(() -> sender.open("/health/readiness").statusCode() == 200);
        }
    }

    private void askFor(Duration time, List<Registered> endpoints) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < time.toNanos()) {
            WebhookRequested request = SenderService.request(endpoints.get(asked.size() % endpoints.size()))
                    .build();
            asked.add(request.getWebhookId());
            sender.request(request);
            long next = System.nanoTime() + PACE.toNanos();
            await().pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() >= next);
        }
    }
}
