package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.PendingRequests;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.CaughtMail;

/** A correction never comes before what it takes back has ended at the same destination, and goes only if that arrived and is void still. */
class HeldCorrectionsTest {

    private static final String KEPT = """
            select k.match::text, k.held::text from notification_dispatcher.kept_notice k
            join notification_dispatcher.notification n using (notification_id) where n.audience = ? and n.kind = 'withdrawn'
            """;
    private static final String UNREADABLE = """
            update notification_dispatcher.kept_notice k set match = '\\x010203' from notification_dispatcher.notification n
            where n.notification_id = k.notification_id and n.audience = ? and n.kind = 'withdrawn'
            """;

    private final RunningDispatcher dispatcher = OneIncident.dispatcher();
    private final String org = RunningDispatcher.newOrg();
    private final String audience = "org:" + org;
    private final OneIncident incident = new OneIncident(org);

    @Test
    void waitsUntilWhatItCorrectsHasEndedThere() {
        // Given a webhook that is still tried
        String endpoint = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);

        // When
        incident.withdraw(2);
        incident.match(incident.advisory(1).setPackageName("marker-" + org), OneIncident.download(2, "1.0.0"));
        List<WebhookRequested> meanwhile = dispatcher.awaitWebhooks(org, 2);
        incident.settle(0, DeliveryOutcome.DELIVERED);

        // Then
        assertEquals(
                List.of("guard.malicious_package_detected", "guard.malicious_package_detected"),
                meanwhile.stream().map(WebhookRequested::getType).toList());
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(org, 3).getLast().getType());
        assertEquals(
                List.of(
                        "breach " + endpoint + " delivered -",
                        "breach " + endpoint + " pending -",
                        "withdrawn " + endpoint + " pending -"),
                dispatcher.ledger(org).stream().sorted().toList());
    }

    @Test
    void holdsUpNoOthersWithOneThatCannotBeRead() {
        // Given two corrections that wait
        dispatcher.withWebhook(org);
        String other = RunningDispatcher.newOrg();
        dispatcher.withWebhook(other);
        OneIncident second = new OneIncident(other);
        for (OneIncident each : List.of(incident, second)) {
            each.match(each.advisory(1), OneIncident.download(1, "1.0.0"));
        }
        dispatcher.awaitWebhooks(org, 1);
        dispatcher.awaitWebhooks(other, 1);
        for (OneIncident each : List.of(incident, second)) {
            each.withdraw(2);
            each.untilTakenBack();
        }
        List<String> match = dispatcher.rows(KEPT, audience);
        dispatcher.update(UNREADABLE, audience);

        // When what they correct has arrived
        incident.settle(0, DeliveryOutcome.DELIVERED);
        dispatcher.settle(dispatcher.webhooks(other).getFirst(), DeliveryOutcome.DELIVERED);

        // Then the one waits on, behind the others
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(other, 2).getLast().getType());
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .rows(KEPT + " and asked_at > occurred_at + interval '4 minutes'", audience)
                        .equals(List.of("\\x010203 true")));

        // When it can be read, at the next look
        dispatcher.update(
                UNREADABLE
                        .replace("set match", "set asked_at = now() - interval '1 minute', match")
                        .replace("'\\x010203'", "'" + match.getFirst().replace(" true", "") + "'"),
                audience);

        // Then
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(org, 2).getLast().getType());
    }

    @Test
    void doesNotTakeBackWhatRangAnewWhileItWaited() {
        // Given a webhook that is still tried when it is withdrawn, and found to be right after all
        String endpoint = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);
        incident.withdraw(2);
        incident.untilTakenBack();
        incident.match(incident.advisory(3), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 2);

        // When
        incident.settle(0, DeliveryOutcome.DELIVERED);

        // Then
        await().atMost(RunningDispatcher.SOON)
                .untilAsserted(() -> assertEquals(
                        List.of(
                                "breach " + endpoint + " delivered -",
                                "withdrawn " + endpoint + " suppressed told_again",
                                "breach " + endpoint + " pending -"),
                        dispatcher.ledger(org)));

        // When the second one never arrives, and it is withdrawn once more
        dispatcher.settle(dispatcher.webhooks(org).get(1), DeliveryOutcome.FAILED);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).getLast().contains("failed"));
        incident.withdraw(4);

        // Then who believes the first one is corrected
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(org, 3).getLast().getType());
    }

    @Test
    void waitsForAMailThatTellsOfOthersTooAndIsOnItsWay() {
        // Given
        String address = dispatcher.withMail(org, "en");
        PendingRequests pending = incident.tellByADigestThatIsOnItsWay(address);

        // When
        incident.withdraw(2);
        incident.untilTakenBack();
        int meanwhile = dispatcher.mails(address).size();
        pending.aDayPasses();
        dispatcher.bean(RepairProcessor.class).askAgain();

        // Then
        List<CaughtMail> mails = dispatcher.awaitMails(address, 4);
        assertEquals(2, meanwhile);
        assertEquals("Subject", mails.get(2).subject());
        assertTrue(
                mails.get(3).subject().startsWith("[withdrawn]"), mails.get(3).subject());
    }

    /** Instances whose clocks differ write times in another order than things happened. */
    @Test
    void waitsForWhatItTakesBackWhateverTheClocksSay() {
        // Given
        dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);
        dispatcher.update(
                "update notification_dispatcher.notification set created_at = created_at + interval '1 hour' where audience = ?",
                audience);

        // When
        incident.withdraw(2);
        incident.match(incident.advisory(1).setPackageName("marker-" + org), OneIncident.download(2, "1.0.0"));
        dispatcher.awaitWebhooks(org, 2);
        dispatcher.bean(CorrectionProcessor.class).doDue();
        List<WebhookRequested> meanwhile = dispatcher.webhooks(org);
        incident.settle(0, DeliveryOutcome.DELIVERED);

        // Then
        assertEquals(2, meanwhile.size());
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(org, 3).getLast().getType());
    }

    @Test
    void takesBackNothingOfAnIncidentThatBecameOneWithItsOwn() {
        // Given an incident that is taken back while its webhook is still tried, and another one of the same package
        String endpoint = dispatcher.withWebhook(org);
        AdvisoryAccepted.Builder other =
                incident.advisory(1).setAdvisoryId("MAL-2").setAliases(List.of("MAL-3"));
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        incident.match(other, OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 2);
        incident.withdraw(2);
        incident.untilTakenBack();

        // When they become one by what nobody here is told of, the other one is taken back, too, and only that arrived
        dispatcher.match(Samples.matched(
                "org:nobody-" + org,
                incident.advisory(3).setWithdrawnAt(OneIncident.revision(3)).setAliases(List.of("MAL-2")),
                List.of()));
        incident.match(
                other.setRevision(OneIncident.revision(3)).setWithdrawnAt(OneIncident.revision(3)),
                OneIncident.download(1, "1.0.0"));
        await().atMost(RunningDispatcher.SOON).until(() -> Collections.frequency(incident.kinds(), "withdrawn") == 2);
        incident.settle(1, DeliveryOutcome.DELIVERED);
        WebhookRequested correction = dispatcher.awaitWebhooks(org, 3).getLast();
        incident.settle(0, DeliveryOutcome.FAILED);

        // Then
        assertTrue(
                correction.getData().contains(dispatcher.webhooks(org).get(1).getNotificationId()),
                correction.getData());
        await().atMost(RunningDispatcher.SOON)
                .untilAsserted(() -> assertEquals(
                        List.of(
                                "breach " + endpoint + " failed the receiver answered 500",
                                "breach " + endpoint + " delivered -",
                                "withdrawn " + endpoint + " suppressed not_told",
                                "withdrawn " + endpoint + " pending -"),
                        dispatcher.ledger(org)));
        assertEquals(3, dispatcher.webhooks(org).size());
    }
}
