package tocsin.sender.delivery;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.sender.SenderService.LIMIT;
import static tocsin.sender.SenderService.newOrg;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.Answer;
import tocsin.testsupport.WebhookReceiver;

/** Receivers that fail for a while, or for longer than a delivery can wait. */
class LeavesFailingEndpointsAloneTest {

    private final SenderService sender = SenderService.shared();
    private final FailingEndpoints failing = new FailingEndpoints(sender);

    /** As it is set for tests. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    /** An attempt after each of them shows that an endpoint fails still. */
    private static long pausesSince(long begun) {
        return (System.nanoTime() - begun) / PAUSE.toNanos() + 1;
    }

    @Test
    void spendsNoAttemptsWhileAnEndpointFailsAndDeliversAllWhenItIsBack() {
        try (WebhookReceiver receiver = sender.receiver(500)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            failing.hasFailed(endpoint, 29);
            List<WebhookRequested> requests = failing.requests(endpoint, 10);
            long begun = System.nanoTime();

            // When
            requests.forEach(sender::request);

            // Then
            for (WebhookRequested request : requests) {
                await().atMost(LIMIT)
                        .until(() -> failing.reason(endpoint, request)
                                .startsWith("the endpoint is left alone for a while: its last 3"));
            }
            // Each once before it was known.
            int spent = receiver.received().size();
            assertTrue(spent <= requests.size() + pausesSince(begun), spent + " attempts");

            // When
            receiver.answerWith(List.of(Answer.of(200)));
            long failed = requests.size() + pausesSince(begun);

            // Then
            for (WebhookRequested request : requests) {
                assertEquals(DeliveryOutcome.DELIVERED, sender.settled(request).getOutcome());
            }
            assertTrue(receiver.received().size() <= failed + requests.size());
        }
    }

    @Test
    void tellsInTimeThatADeliveryDoesNotArrive() {
        try (WebhookReceiver receiver = sender.receiver(500)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            failing.hasFailed(endpoint, 29);
            List<WebhookRequested> requests = failing.requests(endpoint, 20);

            // When
            requests.forEach(sender::request);

            // Then
            for (WebhookRequested request : requests) {
                assertEquals(DeliveryOutcome.FAILED, sender.settled(request).getOutcome());
            }
            assertTrue(requests.stream()
                    .map(request -> sender.settled(request).getReason().orElseThrow())
                    .anyMatch(reason -> reason.startsWith("the endpoint is left alone for a while")));
            assertTrue(receiver.received().size() < 60, receiver.received().size() + " attempts");
        }
    }
}
