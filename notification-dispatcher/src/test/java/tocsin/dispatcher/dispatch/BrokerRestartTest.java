package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.avro.WebhookRequested;

/** At least once, and no more than the same message again, also when the broker goes away in the middle. */
class BrokerRestartTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();

    @Test
    void losesNothingWhenTheBrokerRestartsInTheMiddle() {
        // Given
        String org = RunningDispatcher.newOrg();
        String endpoint = dispatcher.withWebhook(org);
        for (int i = 0; i < 20; i++) {
            dispatcher.match(Samples.matched(
                    "org:" + org,
                    Samples.advisory().setAdvisoryId("GHSA-" + i).setPackageName("pkg-" + i),
                    List.of(Samples.download("e" + i, "2026-04-15T08:30:00Z", Samples.human("u1")))));
        }

        // When
        dispatcher.broker().restart();

        // Then
        await().atMost(Duration.ofSeconds(60))
                .until(() -> dispatcher.webhooks(org).stream()
                                .map(WebhookRequested::getWebhookId)
                                .distinct()
                                .count()
                        == 20);
        assertEquals(20, dispatcher.ledger(org).size());
        dispatcher.ledger(org).forEach(row -> assertEquals("breach " + endpoint + " pending -", row));
    }
}
