package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.EmailRequested;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.CaughtMail;

/** Who was told of what is no more affected hears that, where it was told. */
class CorrectionsTest {

    private final RunningDispatcher dispatcher = OneIncident.dispatcher();
    private final String org = RunningDispatcher.newOrg();
    private final String audience = "org:" + org;
    private final OneIncident incident = new OneIncident(org);

    @Test
    void takesBackWhereItWasToldAndRingsAnewShouldItComeBack() {
        // Given
        String address = dispatcher.withMail(org, "ja");
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        incident.untilDelivered("breach");

        // When it is withdrawn, twice, and another revision says that it was right after all
        incident.withdraw(2);
        incident.withdraw(2);
        incident.untilDelivered("withdrawn");
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        incident.match(incident.advisory(3), OneIncident.download(1, "1.0.0"));

        // Then
        List<CaughtMail> mails = dispatcher.awaitMails(address, 4);
        assertEquals(List.of("breach", "withdrawn", "breach"), incident.kinds());
        CaughtMail withdrawn = mails.get(2);
        assertTrue(withdrawn.subject().startsWith("[取り下げ]"), withdrawn.subject());
        assertTrue(withdrawn.text().orElseThrow().contains("取り下げ日時: 2026-04-17T10:00:02Z"));
        assertEquals(
                mails.get(1).header("Message-ID").orElseThrow(),
                withdrawn.header("In-Reply-To").orElseThrow());
        assertTrue(mails.getLast().header("In-Reply-To").isEmpty());
    }

    @Test
    void sendsTheCorrectionOfAWebhookToTheEndpointThatWasToldNotToAnother() {
        // Given
        String told = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        WebhookRequested first = incident.delivered(1).getFirst();
        dispatcher.withWebhook(org);

        // When
        incident.withdraw(2);

        // Then
        WebhookRequested correction = dispatcher.awaitWebhooks(org, 2).getLast();
        assertEquals(told, correction.getEndpointId());
        assertEquals("guard.advisory_withdrawn", correction.getType());
        assertTrue(
                correction
                        .getData()
                        .endsWith("\"update\":{\"kind\":\"withdrawn\",\"notification_id\":\""
                                + first.getNotificationId() + "\"}}"),
                correction.getData());
    }

    @Test
    void takesBackOnlyWhenAllAdvisoriesOfTheIncidentAreWithdrawn() {
        // Given two feeds that say the same
        dispatcher.withWebhook(org);
        AdvisoryAccepted.Builder other =
                incident.advisory(1).setFeed("ghsa").setAdvisoryId("MAL-1").setAliases(List.of("GHSA-aaaa-bbbb-cccc"));
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        incident.match(other, OneIncident.download(1, "1.0.0"));

        // When
        incident.withdraw(2);
        incident.match(incident.advisory(1).setPackageName("marker-" + org), OneIncident.download(2, "1.0.0"));
        dispatcher.awaitWebhooks(org, 2);
        List<String> before = incident.kinds();
        incident.delivered(2);
        incident.match(
                other.setRevision(OneIncident.revision(2)).setWithdrawnAt(OneIncident.revision(2)),
                OneIncident.download(1, "1.0.0"));

        // Then
        dispatcher.awaitWebhooks(org, 3);
        assertEquals(List.of("breach", "breach"), before);
        assertEquals(List.of("breach", "breach", "withdrawn"), incident.kinds());
    }

    @Test
    void suppressesAMailThatHasNotLeftWhenItsAdvisoryIsWithdrawn() {
        // Given a mail that still waits for its server
        String address = dispatcher.withMail(org, "en");
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        incident.untilDelivered("breach");
        dispatcher.update(
                "update notification_dispatcher.ledger set state = 'pending' where notification_id in"
                        + " (select notification_id from notification_dispatcher.notification where kind = 'breach' and audience = ?)",
                audience);

        // When
        incident.withdraw(2);
        incident.match(incident.advisory(1).setPackageName("marker-" + org), OneIncident.download(2, "1.0.0"));

        // Then
        dispatcher.awaitMails(address, 3);
        assertEquals(
                List.of("breach email suppressed advisory_withdrawn", "breach email delivered -"),
                await().atMost(RunningDispatcher.SOON)
                        .until(
                                () -> dispatcher.ledger(org).stream()
                                        .filter(it -> !it.startsWith("address"))
                                        .toList(),
                                it -> it.size() == 2 && it.getLast().contains("delivered")));
        EmailRequested last = dispatcher.emails(audience).getLast();
        assertTrue(last.getSubject().contains("marker-"), last.getSubject());
    }

    @Test
    void correctsNothingThatNeverLeftAlthoughAnEarlierNoticeDidAndWasTakenBack() {
        // Given an incident that was told, taken back, and told again by a mail that still waits for its server
        String address = dispatcher.withMail(org, "en");
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        incident.untilDelivered("breach");
        incident.withdraw(2);
        incident.untilDelivered("withdrawn");
        incident.match(incident.advisory(3), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitMails(address, 4);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).getLast().equals("breach email delivered -"));
        dispatcher.update("""
                update notification_dispatcher.ledger set state = 'pending' where notification_id =
                  (select notification_id from notification_dispatcher.notification where audience = ?
                   order by created_at desc limit 1)
                """, audience);

        // When
        incident.withdraw(4);
        incident.match(incident.advisory(1).setPackageName("marker-" + org), OneIncident.download(2, "1.0.0"));

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).stream()
                                .filter(it -> it.equals("breach email delivered -"))
                                .count()
                        == 2);
        assertEquals(
                List.of(
                        "breach email delivered -",
                        "withdrawn email delivered -",
                        "breach email suppressed advisory_withdrawn",
                        "breach email delivered -"),
                dispatcher.ledger(org).stream()
                        .filter(it -> !it.startsWith("address"))
                        .toList());
    }

    @Test
    void correctsThoseTooWhomTheLastWithdrawalDoesNotConcern() {
        // Given two audiences, each told of another advisory of one incident
        String other = RunningDispatcher.newOrg();
        dispatcher.withWebhook(org);
        dispatcher.withWebhook(other);
        AdvisoryAccepted.Builder second = incident.advisory(1)
                .setAdvisoryId("MAL-2")
                .setAliases(List.of("GHSA-aaaa-bbbb-cccc"))
                .setVersions(List.of("2.0.0"));
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.match(Samples.matched("org:" + other, second, List.of(OneIncident.download(2, "2.0.0"))));
        WebhookRequested first = incident.delivered(1).getFirst();
        dispatcher.awaitWebhooks(other, 1).forEach(it -> dispatcher.settle(it, DeliveryOutcome.DELIVERED));

        // When both are withdrawn, each matched with its own audience
        incident.withdraw(2);
        dispatcher.match(Samples.matched(
                "org:" + other,
                second.setRevision(OneIncident.revision(2)).setWithdrawnAt(OneIncident.revision(2)),
                List.of(OneIncident.download(2, "2.0.0"))));

        // Then
        WebhookRequested correction = dispatcher.awaitWebhooks(org, 2).getLast();
        assertEquals("guard.advisory_withdrawn", correction.getType());
        assertTrue(correction.getData().contains(first.getNotificationId()), correction.getData());
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(other, 2).getLast().getType());
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .rows(
                                "select 1 from notification_dispatcher.take_back t"
                                        + " join notification_dispatcher.notification n using (incident_id) where audience = ?",
                                audience)
                        .isEmpty());
        assertEquals(2, dispatcher.webhooks(org).size());
        assertEquals(2, dispatcher.webhooks(other).size());
    }

    @Test
    void takesBackWhenThePackageIsOnlyNamedNoMore() {
        // Given
        String address = dispatcher.withMail(org, "en");
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        incident.untilDelivered("breach");

        // When
        incident.match(incident.advisory(2).setNarrowed(true).setVersions(List.of()), OneIncident.download(1, "1.0.0"));

        // Then
        CaughtMail narrowed = dispatcher.awaitMails(address, 3).getLast();
        assertEquals("[withdrawn] The advisory does not name pkg-" + org + " any more", narrowed.subject());
    }

    @Test
    void tellsNothingOfAWithdrawalToWhoWasToldNothing() {
        // Given
        dispatcher.withWebhook(org);

        // When
        incident.withdraw(2);
        incident.match(incident.advisory(1).setPackageName("marker-" + org), OneIncident.download(2, "1.0.0"));

        // Then
        dispatcher.awaitWebhooks(org, 1);
        assertEquals(List.of("breach"), incident.kinds());
    }
}
