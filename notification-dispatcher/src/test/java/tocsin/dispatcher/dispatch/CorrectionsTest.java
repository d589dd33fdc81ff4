package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.PendingRequests;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.ledger.Notification;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.EmailRequested;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.CaughtMail;

/** Who was told of what is no more affected hears that, where it was told and after it was. */
class CorrectionsTest {

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

    private void takeBack() {
        incident.match(incident.advisory(2).setWithdrawnAt(OneIncident.revision(2)), OneIncident.download(1, "1.0.0"));
        await().atMost(RunningDispatcher.SOON).until(() -> incident.kinds().contains("withdrawn"));
    }

    @Test
    void takesBackWhereItWasToldAndRingsAnewShouldItComeBack() {
        // Given
        String address = dispatcher.withMail(org, "ja");
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        incident.untilDelivered("breach");

        // When it is withdrawn, twice, and another revision says that it was right after all
        incident.match(incident.advisory(2).setWithdrawnAt(OneIncident.revision(2)), OneIncident.download(1, "1.0.0"));
        incident.match(incident.advisory(2).setWithdrawnAt(OneIncident.revision(2)), OneIncident.download(1, "1.0.0"));
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
        incident.match(incident.advisory(2).setWithdrawnAt(OneIncident.revision(2)), OneIncident.download(1, "1.0.0"));

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
        incident.match(incident.advisory(2).setWithdrawnAt(OneIncident.revision(2)), OneIncident.download(1, "1.0.0"));
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
        incident.match(incident.advisory(2).setWithdrawnAt(OneIncident.revision(2)), OneIncident.download(1, "1.0.0"));
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
        incident.match(incident.advisory(2).setWithdrawnAt(OneIncident.revision(2)), OneIncident.download(1, "1.0.0"));
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
        incident.match(incident.advisory(4).setWithdrawnAt(OneIncident.revision(4)), OneIncident.download(1, "1.0.0"));
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
        incident.match(incident.advisory(2).setWithdrawnAt(OneIncident.revision(2)), OneIncident.download(1, "1.0.0"));
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
        incident.match(incident.advisory(2).setWithdrawnAt(OneIncident.revision(2)), OneIncident.download(1, "1.0.0"));
        incident.match(incident.advisory(1).setPackageName("marker-" + org), OneIncident.download(2, "1.0.0"));

        // Then
        dispatcher.awaitWebhooks(org, 1);
        assertEquals(List.of("breach"), incident.kinds());
    }

    private void settle(DeliveryOutcome outcome) {
        dispatcher.settle(dispatcher.awaitWebhooks(org, 1).getFirst(), outcome);
    }

    @Test
    void waitsUntilWhatItCorrectsHasEndedThere() {
        // Given a webhook that is still tried
        String endpoint = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);

        // When
        incident.match(incident.advisory(2).setWithdrawnAt(OneIncident.revision(2)), OneIncident.download(1, "1.0.0"));
        incident.match(incident.advisory(1).setPackageName("marker-" + org), OneIncident.download(2, "1.0.0"));
        List<WebhookRequested> meanwhile = dispatcher.awaitWebhooks(org, 2);
        settle(DeliveryOutcome.DELIVERED);

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
    void correctsNothingThatNeverArrived() {
        // Given
        dispatcher.withAddress(org, "en", org + "@example.com");
        String endpoint = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);

        // When
        takeBack();
        settle(DeliveryOutcome.FAILED);

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
        takeBack();
        settle(DeliveryOutcome.FAILED);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).getLast().equals("withdrawn " + endpoint + " suppressed not_told"));
        dispatcher.bean(RepairProcessor.class).askAgain();
        int meanwhile = dispatcher.webhooks(org).size();

        // When its owner has it sent again
        settle(DeliveryOutcome.DELIVERED);

        // Then
        assertEquals(1, meanwhile);
        WebhookRequested correction = dispatcher.awaitWebhooks(org, 2).getLast();
        assertEquals("guard.advisory_withdrawn", correction.getType());
        assertEquals(
                List.of("breach " + endpoint + " delivered -", "withdrawn " + endpoint + " pending -"),
                dispatcher.ledger(org));

        // When
        dispatcher.settle(correction, DeliveryOutcome.DELIVERED);

        // Then nothing is kept
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).getLast().equals("withdrawn " + endpoint + " delivered -"));
        assertEquals(List.of(), dispatcher.rows("""
                        select 1 from notification_dispatcher.kept_notice
                        join notification_dispatcher.notification using (notification_id) where audience = ?
                        """, audience));
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
            each.match(each.advisory(2).setWithdrawnAt(OneIncident.revision(2)), OneIncident.download(1, "1.0.0"));
            await().atMost(RunningDispatcher.SOON).until(() -> each.kinds().contains("withdrawn"));
        }
        List<String> match = dispatcher.rows(KEPT, audience);
        dispatcher.update(UNREADABLE, audience);

        // When what they correct has arrived
        settle(DeliveryOutcome.DELIVERED);
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
        takeBack();
        incident.match(incident.advisory(3), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 2);

        // When
        settle(DeliveryOutcome.DELIVERED);

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
        incident.match(incident.advisory(4).setWithdrawnAt(OneIncident.revision(4)), OneIncident.download(1, "1.0.0"));

        // Then who believes the first one is corrected
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(org, 3).getLast().getType());
    }

    @Test
    void waitsForAMailThatTellsOfOthersTooAndIsOnItsWay() {
        // Given, as it would be in a digest that its server has not taken yet
        String address = dispatcher.withMail(org, "en");
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        incident.untilDelivered("breach");
        PendingRequests pending = new PendingRequests(dispatcher, org);
        UUID digest = pending.keepMail(Notification.Kind.DIGEST, address);
        dispatcher.update(
                "update notification_dispatcher.ledger l set state = 'pending', carried_by = '" + digest
                        + "' from notification_dispatcher.notification n"
                        + " where n.notification_id = l.notification_id and n.kind = 'breach' and n.audience = ?",
                audience);

        // When
        takeBack();
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
}
