package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import tocsin.sender.SenderService;

class DeliveryConsumerTest {

    private final SenderService sender = SenderService.shared();

    @Test
    void endsTheLivenessWhenAPollThreadHasDied() {
        // Given
        int before = liveness();

        // When
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("engine-webhook.retry.10s"))
                .forEach(Thread::interrupt);

        // Then
        try {
            await().atMost(SenderService.LIMIT).until(() -> liveness() == 503);
        } finally {
            sender.restart();
        }
        assertEquals(200, before);
        assertEquals(200, liveness());
    }

    private int liveness() {
        return sender.send("GET", "/health/liveness", "", "none").statusCode();
    }
}
