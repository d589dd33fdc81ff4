package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;

/** A webhook that failed and was taken back is corrected if a person has it sent again with success: whoever hears an alarm that is void hears that, too. */
class ResentAlarmTest {

    private static final String FAILED = " failed the receiver answered 500";

    private final RunningDispatcher dispatcher = OneIncident.dispatcher();
    private final String org = RunningDispatcher.newOrg();
    private final OneIncident incident = new OneIncident(org);

    @Test
    void correctsNothingThatNeverArrived() {
        // Given
        dispatcher.withAddress(org, "en", org + "@example.com");
        String endpoint = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);

        // When
        incident.withdraw(2);
        incident.untilTakenBack();
        incident.settle(0, DeliveryOutcome.FAILED);

        // Then neither the endpoint nor, by mail, anybody else hears of it
        await().atMost(RunningDispatcher.SOON)
                .untilAsserted(() -> assertEquals(
                        List.of(
                                "address_confirmation email delivered -",
                                "breach " + endpoint + " failed the receiver answered 500",
                                "withdrawn " + endpoint + " suppressed not_told"),
                        dispatcher.ledger(org)));
        assertEquals(1, dispatcher.webhooks(org).size());
    }

    @Test
    void correctsWhatFailedAndArrivesAfterAll() {
        // Given a webhook that failed after it was withdrawn
        String endpoint = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);
        incident.withdraw(2);
        incident.untilTakenBack();
        incident.settle(0, DeliveryOutcome.FAILED);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).getLast().equals("withdrawn " + endpoint + " suppressed not_told"));
        dispatcher.bean(RepairProcessor.class).askAgain();
        int meanwhile = dispatcher.webhooks(org).size();

        // When its owner has it sent again
        incident.settle(0, DeliveryOutcome.DELIVERED);

        // Then
        assertEquals(1, meanwhile);
        WebhookRequested correction = dispatcher.awaitWebhooks(org, 2).getLast();
        assertEquals("guard.advisory_withdrawn", correction.getType());
        untilTheLedgerIs(
                "breach " + endpoint + " delivered -",
                "withdrawn " + endpoint + " suppressed not_told",
                "withdrawn " + endpoint + " pending -");

        // When
        dispatcher.settle(correction, DeliveryOutcome.DELIVERED);

        // Then
        untilTheLedgerIs(
                "breach " + endpoint + " delivered -",
                "withdrawn " + endpoint + " suppressed not_told",
                "withdrawn " + endpoint + " delivered -");
        assertEquals(2, dispatcher.webhooks(org).size());
    }

    @Test
    void correctsWhatHadFailedWhenItWasTakenBack() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);
        incident.settle(0, DeliveryOutcome.FAILED);
        untilTheLedgerIs("breach " + endpoint + FAILED);
        incident.withdraw(2);
        untilTheLedgerIs("breach " + endpoint + FAILED, "withdrawn " + endpoint + " suppressed not_told");

        // When
        incident.settle(0, DeliveryOutcome.DELIVERED);

        // Then
        List<WebhookRequested> webhooks = dispatcher.awaitWebhooks(org, 2);
        assertTakesBack(webhooks.get(0), webhooks.get(1));
        untilTheLedgerIs(
                "breach " + endpoint + " delivered -",
                "withdrawn " + endpoint + " suppressed not_told",
                "withdrawn " + endpoint + " pending -");
    }

    @Test
    void correctsItAgainAlthoughTheCorrectionOfTheOthersArrivedBefore() {
        // Given a first notice that arrived, a later one that did not, and their correction
        String endpoint = dispatcher.withWebhook(org);
        tellTwice(endpoint);
        incident.settle(0, DeliveryOutcome.DELIVERED);
        incident.settle(1, DeliveryOutcome.FAILED);
        untilTheLedgerIs("breach " + endpoint + " delivered -", "widened " + endpoint + FAILED);
        incident.withdraw(2);
        dispatcher.settle(dispatcher.awaitWebhooks(org, 3).get(2), DeliveryOutcome.DELIVERED);
        untilTheLedgerIs(
                "breach " + endpoint + " delivered -",
                "widened " + endpoint + FAILED,
                "withdrawn " + endpoint + " delivered -");

        // When, which is told twice
        incident.settle(1, DeliveryOutcome.DELIVERED);
        incident.settle(1, DeliveryOutcome.DELIVERED);

        // Then
        List<WebhookRequested> webhooks = dispatcher.awaitWebhooks(org, 4);
        assertTakesBack(webhooks.get(0), webhooks.get(3));
        dispatcher.settle(webhooks.get(3), DeliveryOutcome.DELIVERED);
        untilTheLedgerIs(
                "breach " + endpoint + " delivered -",
                "widened " + endpoint + " delivered -",
                "withdrawn " + endpoint + " delivered -",
                "withdrawn " + endpoint + " delivered -");
        assertEquals(4, dispatcher.webhooks(org).size());
    }

    @Test
    void leavesItToACorrectionThatStillWaits() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        tellTwice(endpoint);
        incident.settle(1, DeliveryOutcome.FAILED);
        untilTheLedgerIs("breach " + endpoint + " pending -", "widened " + endpoint + FAILED);
        incident.withdraw(2);
        incident.untilTakenBack();

        // When
        incident.settle(1, DeliveryOutcome.DELIVERED);
        untilTheLedgerIs(
                "breach " + endpoint + " pending -",
                "widened " + endpoint + " delivered -",
                "withdrawn " + endpoint + " pending -");
        int meanwhile = dispatcher.webhooks(org).size();
        incident.settle(0, DeliveryOutcome.FAILED);

        // Then
        dispatcher.settle(dispatcher.awaitWebhooks(org, 3).get(2), DeliveryOutcome.DELIVERED);
        assertEquals(2, meanwhile);
        untilTheLedgerIs(
                "breach " + endpoint + FAILED,
                "widened " + endpoint + " delivered -",
                "withdrawn " + endpoint + " delivered -");
        assertEquals(3, dispatcher.webhooks(org).size());
    }

    @Test
    void correctsItWithTheNextWithdrawalIfItsIncidentRangAnew() {
        // Given an alarm that never arrived, was taken back, and rings anew to no avail
        String endpoint = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);
        incident.settle(0, DeliveryOutcome.FAILED);
        untilTheLedgerIs("breach " + endpoint + FAILED);
        incident.withdraw(2);
        incident.untilTakenBack();
        incident.match(incident.advisory(3), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 2);
        incident.settle(1, DeliveryOutcome.FAILED);
        untilTheLedgerIs(
                "breach " + endpoint + FAILED,
                "withdrawn " + endpoint + " suppressed not_told",
                "breach " + endpoint + FAILED);

        // When the first is sent again while it is right
        incident.settle(0, DeliveryOutcome.DELIVERED);
        untilTheLedgerIs(
                "breach " + endpoint + " delivered -",
                "withdrawn " + endpoint + " suppressed not_told",
                "breach " + endpoint + FAILED);
        int meanwhile = dispatcher.webhooks(org).size();
        incident.withdraw(4);

        // Then
        assertEquals(2, meanwhile);
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(org, 3).getLast().getType());
    }

    @Test
    void asksForItsRightsAsEveryCorrectionDoes() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);
        incident.settle(0, DeliveryOutcome.FAILED);
        untilTheLedgerIs("breach " + endpoint + FAILED);
        incident.withdraw(2);
        incident.untilTakenBack();
        dispatcher.ok(
                "PUT", "/v1/orgs/" + org + "/entitlements", dispatcher.admin(), "{\"guard\":true,\"webhooks\":false}");

        // When
        incident.settle(0, DeliveryOutcome.DELIVERED);

        // Then
        untilTheLedgerIs(
                "breach " + endpoint + " delivered -",
                "withdrawn " + endpoint + " suppressed not_told",
                "withdrawn " + endpoint + " suppressed webhooks_not_entitled");
        assertEquals(1, dispatcher.webhooks(org).size());
    }

    private void tellTwice(String endpoint) {
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        incident.match(incident.advisory(1), OneIncident.download(2, "2.0.0"), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 2);
        untilTheLedgerIs("breach " + endpoint + " pending -", "widened " + endpoint + " pending -");
    }

    private static void assertTakesBack(WebhookRequested first, WebhookRequested correction) {
        assertEquals("guard.advisory_withdrawn", correction.getType());
        assertTrue(
                correction
                        .getData()
                        .endsWith("\"update\":{\"kind\":\"withdrawn\",\"notification_id\":\""
                                + first.getNotificationId() + "\"}}"),
                correction.getData());
    }

    private void untilTheLedgerIs(String... rows) {
        await().atMost(RunningDispatcher.SOON).untilAsserted(() -> assertEquals(List.of(rows), dispatcher.ledger(org)));
    }
}
