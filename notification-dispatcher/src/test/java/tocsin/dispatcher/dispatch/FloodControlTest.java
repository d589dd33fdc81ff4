package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.dispatcher.dispatch.Campaigns.awaitLedger;
import static tocsin.dispatcher.dispatch.Campaigns.awaitRows;
import static tocsin.dispatcher.dispatch.Campaigns.endWindow;
import static tocsin.dispatcher.dispatch.Campaigns.matched;
import static tocsin.dispatcher.dispatch.Campaigns.notices;
import static tocsin.dispatcher.dispatch.Campaigns.revised;
import static tocsin.dispatcher.dispatch.Campaigns.tellOf;
import static tocsin.dispatcher.dispatch.Campaigns.tellOnly;
import static tocsin.dispatcher.dispatch.Campaigns.withdrawn;

import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.CaughtMail;

/** However much there is to say, mails are few: what adds to an incident and what webhooks did not bring waits with the others. */
class FloodControlTest {

    private final RunningDispatcher dispatcher = Campaigns.dispatcher();

    @Test
    void tellsByMailWhatNeitherTheWebhookNorTheMailThatWaitedBrought() {
        // Given an endpoint that fails while the mail waits that is to tell the same
        String org = RunningDispatcher.newOrg();
        String endpoint = dispatcher.withWebhookAndMail(org);
        tellOf(org, "first", "second-" + org);
        dispatcher.settle(dispatcher.awaitWebhooks(org, 2).get(1), DeliveryOutcome.FAILED);
        awaitLedger(
                org,
                "breach email delivered -",
                "breach email pending -",
                "breach " + endpoint + " failed the receiver answered 500",
                "breach " + endpoint + " pending -");

        // When that mail is never sent
        tellOnly(org, endpoint);
        endWindow(dispatcher, org);
        awaitRows(org, 1, "undelivered email pending -");
        endWindow(dispatcher, org);

        // Then
        CaughtMail mail = notices(org, 2).get(1);
        assertTrue(mail.subject().contains("second-" + org), mail.subject());
        awaitLedger(
                org,
                "breach email delivered -",
                "breach email suppressed email_off",
                "breach " + endpoint + " failed the receiver answered 500",
                "breach " + endpoint + " pending -",
                "undelivered email delivered -");
    }

    @Test
    void tellsNothingTwiceWhereTheMailThatWaitedArrives() {
        // Given
        String org = RunningDispatcher.newOrg();
        String endpoint = dispatcher.withWebhookAndMail(org);
        tellOf(org, "first", "second-" + org);
        dispatcher.settle(dispatcher.awaitWebhooks(org, 2).get(1), DeliveryOutcome.FAILED);
        String failed = "breach " + endpoint + " failed the receiver answered 500";
        awaitRows(org, 1, failed);

        // When
        endWindow(dispatcher, org);

        // Then nothing is kept of the webhook, which says that it was looked at
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .rows(
                                "select 1 from notification_dispatcher.kept_notice join notification_dispatcher.notification"
                                        + " using (notification_id) where audience = ? and failed",
                                "org:" + org)
                        .isEmpty());
        awaitLedger(
                org,
                "breach email delivered -",
                "breach email delivered -",
                failed,
                "breach " + endpoint + " pending -");
    }

    @Test
    void keepsLaterNewsBesideWhatItAddsToAndAnswersTheDigestWithTheNext() {
        // Given
        String org = RunningDispatcher.newOrg();
        dispatcher.withMail(org, "en");
        tellOf(org, "first", "second");

        // When an incident that waits gets more downloads
        AdvisoryMatched.Builder more = matched(org, "second")
                .setDownloads(List.of(
                        Samples.download("e-more", "2026-04-15T09:30:00Z", Samples.human("u1")),
                        Samples.download("e-second", "2026-04-15T08:30:00Z", Samples.human("u1"))));
        dispatcher.match(more);
        awaitLedger(org, "breach email delivered -", "breach email pending -", "follow_up email pending -");
        endWindow(dispatcher, org);
        CaughtMail digest = notices(org, 2).get(1);

        // Then both are in one mail
        awaitLedger(
                org,
                "breach email delivered -",
                "breach email delivered -",
                "digest email delivered -",
                "follow_up email delivered -");

        // When there is more of it after the window
        dispatcher.update("delete from notification_dispatcher.campaign where audience = ?", "org:" + org);
        dispatcher.match(matched(org, "second")
                .setDownloads(List.of(Samples.download("e-last", "2026-04-15T10:30:00Z", Samples.human("u1")))));

        // Then it goes at once, as an answer to that mail
        CaughtMail answer = notices(org, 3).get(2);
        assertEquals(digest.header("Message-ID"), answer.header("In-Reply-To"));
        assertFalse(digest.header("Message-ID").isEmpty());
    }

    @Test
    void tellsManyFailedWebhooksInOneMailAfterTheFirst() {
        // Given an address that was confirmed and is not chosen
        String org = RunningDispatcher.newOrg();
        dispatcher.withAddress(org, "en", org + "@example.com");
        String endpoint = dispatcher.withWebhook(org);
        for (String name : List.of("first", "second", "third", "fourth")) {
            dispatcher.match(matched(org, name));
        }

        // When
        for (WebhookRequested webhook : dispatcher.awaitWebhooks(org, 4)) {
            dispatcher.settle(webhook, DeliveryOutcome.FAILED);
        }
        String failed = "breach " + endpoint + " failed the receiver answered 500";
        awaitLedger(
                org,
                failed,
                failed,
                failed,
                failed,
                "undelivered email delivered -",
                "undelivered email pending -",
                "undelivered email pending -",
                "undelivered email pending -");
        endWindow(dispatcher, org);

        // Then
        awaitLedger(
                org,
                failed,
                failed,
                failed,
                failed,
                "digest email delivered -",
                "undelivered email delivered -",
                "undelivered email delivered -",
                "undelivered email delivered -",
                "undelivered email delivered -");
        List<CaughtMail> mails = notices(org, 2);
        assertEquals(2, mails.size());
        String text = mails.get(1).text().orElseThrow();
        assertEquals(
                3,
                Pattern.compile("could not be delivered, so this mail does")
                        .matcher(text)
                        .results()
                        .count(),
                text);
        assertEquals(List.of("0"), unaccounted(org));
    }

    /** Rows that the organisation's notifications ask for and that are not there. */
    private List<String> unaccounted(String org) {
        return dispatcher.rows("""
                select sum(n.destinations) - (
                  select count(*) from notification_dispatcher.ledger l join notification_dispatcher.notification m
                  using (notification_id) where m.audience = n.audience)
                from notification_dispatcher.notification n where n.audience = ? group by n.audience
                """, "org:" + org);
    }

    @Test
    void tellsFailedCorrectionsTogetherAndNotOfWhatRangAnew() {
        // Given four incidents that a webhook told
        String org = RunningDispatcher.newOrg();
        dispatcher.withAddress(org, "en", org + "@example.com");
        dispatcher.withWebhook(org);
        List<String> names = List.of("first-" + org, "second-" + org, "third-" + org, "again-" + org);
        names.forEach(name -> dispatcher.match(matched(org, name)));
        dispatcher.awaitWebhooks(org, 4).forEach(it -> dispatcher.settle(it, DeliveryOutcome.DELIVERED));

        // When their corrections fail, and one rings anew
        names.forEach(name -> dispatcher.match(withdrawn(org, name)));
        dispatcher.awaitWebhooks(org, 8).stream()
                .filter(it -> it.getType().equals("guard.advisory_withdrawn"))
                .forEach(it -> dispatcher.settle(it, DeliveryOutcome.FAILED));
        awaitRows(org, 3, "undelivered email pending -");
        dispatcher.match(matched(org, "again-" + org)
                .setAdvisory(Samples.advisory()
                        .setAdvisoryId("MAL-again-" + org)
                        .setPackageName("again-" + org)
                        .setRevision(Samples.PUBLISHED.plusSeconds(120))
                        .build()));
        dispatcher.awaitWebhooks(org, 9);
        endWindow(dispatcher, org);

        // Then
        CaughtMail digest = notices(org, 2).get(1);
        assertEquals(
                "[withdrawn] 2 more advisories were taken back on packages downloaded by " + org, digest.subject());
        awaitRows(org, 3, "undelivered email delivered -");
        assertEquals(1, Collections.frequency(dispatcher.ledger(org), "undelivered email suppressed told_again"));
    }

    @Test
    void tellsAFailedCorrectionAlthoughItsIncidentRangAnewAndWasTakenBackAgain() {
        // Given a correction that no webhook brought and that waits for the end of a campaign
        String org = RunningDispatcher.newOrg();
        String endpoint = dispatcher.withWebhookAndMail(org);
        tellOnly(org, endpoint);
        String name = "again-" + org;
        dispatcher.match(matched(org, "first-" + org));
        dispatcher.settle(dispatcher.awaitWebhooks(org, 1).getLast(), DeliveryOutcome.FAILED);
        notices(org, 1);
        dispatcher.match(matched(org, name));
        dispatcher.settle(dispatcher.awaitWebhooks(org, 2).getLast(), DeliveryOutcome.DELIVERED);
        awaitRows(org, 1, "breach " + endpoint + " delivered -");
        dispatcher.match(withdrawn(org, name));
        dispatcher.settle(dispatcher.awaitWebhooks(org, 3).getLast(), DeliveryOutcome.FAILED);
        awaitRows(org, 1, "undelivered email pending -");

        // When it rings anew, and is taken back once more by what the endpoint gets
        dispatcher.match(revised(org, name, 120, false));
        dispatcher.settle(dispatcher.awaitWebhooks(org, 4).getLast(), DeliveryOutcome.DELIVERED);
        awaitRows(org, 2, "breach " + endpoint + " delivered -");
        dispatcher.match(revised(org, name, 180, true));
        dispatcher.awaitWebhooks(org, 5);
        endWindow(dispatcher, org);

        // Then
        CaughtMail mail = notices(org, 2).getLast();
        assertEquals("[withdrawn] The advisory on " + name + " was taken back", mail.subject());
        awaitRows(org, 2, "undelivered email delivered -");
    }

    @Test
    void tellsLaterNewsOfAToldIncidentInOneMailThatAnswersTheFirst() {
        // Given
        String org = RunningDispatcher.newOrg();
        dispatcher.withMail(org, "en");
        tellOf(org, "first");

        // When there is more of it again and again
        for (int i = 1; i <= 3; i++) {
            dispatcher.match(matched(org, "first")
                    .setDownloads(List.of(
                            Samples.download("e-more-" + i, "2026-04-15T09:30:0" + i + "Z", Samples.human("u1")))));
        }
        awaitLedger(
                org,
                "breach email delivered -",
                "follow_up email pending -",
                "follow_up email pending -",
                "follow_up email pending -");
        endWindow(dispatcher, org);

        // Then
        awaitLedger(
                org,
                "breach email delivered -",
                "digest email delivered -",
                "follow_up email delivered -",
                "follow_up email delivered -",
                "follow_up email delivered -");
        List<CaughtMail> mails = notices(org, 2);
        assertEquals(2, mails.size());
        assertEquals(mails.get(0).header("Message-ID"), mails.get(1).header("In-Reply-To"));
        assertFalse(mails.get(0).header("Message-ID").isEmpty());
    }

    @Test
    void tellsWhatAWebhookDidNotBringWhereMailsAreOffAndTheOthersNot() {
        // Given a mail and what a webhook did not bring, waiting for the same address
        String org = RunningDispatcher.newOrg();
        String endpoint = dispatcher.withWebhookAndMail(org);
        tellOf(org, "first", "second-" + org);
        tellOnly(org, endpoint);
        dispatcher.match(matched(org, "third-" + org));
        dispatcher.settle(dispatcher.awaitWebhooks(org, 3).getLast(), DeliveryOutcome.FAILED);
        awaitRows(org, 1, "undelivered email pending -");

        // When
        endWindow(dispatcher, org);

        // Then
        CaughtMail mail = notices(org, 2).get(1);
        assertTrue(mail.subject().contains("third-" + org), mail.subject());
        awaitLedger(
                org,
                "breach email delivered -",
                "breach email suppressed email_off",
                "breach " + endpoint + " failed the receiver answered 500",
                "breach " + endpoint + " pending -",
                "breach " + endpoint + " pending -",
                "undelivered email delivered -");
    }
}
