package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.testsupport.CaughtMail;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;

/** Many incidents of one organisation in a short time: its window never ends by itself here, a test ends it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DigestTest {

    private static final Map<String, Object> LONG_WINDOW = Map.of("tocsin.campaign.window", "PT12H");

    private RunningDispatcher dispatcher = RunningDispatcher.shared();

    @BeforeAll
    void start() {
        dispatcher = RunningDispatcher.beside(LONG_WINDOW);
    }

    @AfterAll
    void stop() {
        dispatcher.close();
    }

    private static AdvisoryMatched.Builder matched(String org, String name) {
        return Samples.matched(
                "org:" + org,
                Samples.advisory().setAdvisoryId("MAL-" + name).setPackageName(name),
                List.of(Samples.download("e-" + name, "2026-04-15T08:30:00Z", Samples.human("u1"))));
    }

    private static AdvisoryMatched.Builder withdrawn(String org, String name) {
        return Samples.matched(
                "org:" + org,
                Samples.advisory()
                        .setAdvisoryId("MAL-" + name)
                        .setPackageName(name)
                        .setRevision(Samples.PUBLISHED.plusSeconds(60))
                        .setWithdrawnAt(Samples.PUBLISHED.plusSeconds(60)),
                List.of());
    }

    /** The first is told when this returns, and the others wait. */
    private void tellOf(String org, String first, String... others) {
        dispatcher.match(matched(org, first));
        notices(org, 1);
        for (String name : others) {
            dispatcher.match(matched(org, name));
        }
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).stream()
                                .filter("breach email pending -"::equals)
                                .count()
                        == others.length);
    }

    /** Mails but the confirmation. */
    private List<CaughtMail> notices(String org, int atLeast) {
        return dispatcher.awaitMails(org + "@example.com", 1 + atLeast).stream()
                .skip(1)
                .toList();
    }

    private static void endWindow(RunningDispatcher dispatcher, String org) {
        dispatcher.update("""
                update notification_dispatcher.kept_notice k set digest_at = now() - interval '1 minute'
                from notification_dispatcher.notification n
                where n.notification_id = k.notification_id and k.digest_at is not null and n.audience = ?
                """, "org:" + org);
    }

    private void awaitLedger(String org, String... rows) {
        List<String> expected = Stream.of(rows).sorted().toList();
        await().atMost(RunningDispatcher.SOON)
                .untilAsserted(() -> assertEquals(
                        expected,
                        dispatcher.ledger(org).stream()
                                .filter(it -> !it.startsWith("address_confirmation"))
                                .sorted()
                                .toList()));
    }

    @Test
    void tellsTheFirstAtOnceAndTheOthersInOneMail() {
        // Given
        String org = RunningDispatcher.newOrg();
        String endpoint = dispatcher.withWebhookAndMail(org);

        // When
        tellOf(org, "first", "second", "third");

        // Then webhooks wait for nothing
        assertEquals(3, dispatcher.awaitWebhooks(org, 3).size());
        assertEquals(1, notices(org, 1).size());

        // When the window ends
        endWindow(dispatcher, org);

        // Then
        List<CaughtMail> mails = notices(org, 2);
        assertEquals(2, mails.size());
        assertEquals(
                "[critical] 2 more notices of bad packages downloaded by " + org,
                mails.get(1).subject());
        String text = mails.get(1).text().orElseThrow();
        assertTrue(text.contains("== second 1.0.0 (npm): MALICIOUS"), text);
        assertTrue(text.contains("== third 1.0.0 (npm): MALICIOUS"), text);
        awaitLedger(
                org,
                "breach email delivered -",
                "breach email delivered -",
                "breach email delivered -",
                "digest email delivered -",
                "breach " + endpoint + " pending -",
                "breach " + endpoint + " pending -",
                "breach " + endpoint + " pending -");
        assertEquals(List.of("3"), dispatcher.rows("""
                        select count(*) from notification_dispatcher.ledger l
                        join notification_dispatcher.notification n using (notification_id)
                        where n.audience = ? and l.message_id = (
                          select d.message_id from notification_dispatcher.ledger d
                          join notification_dispatcher.notification m using (notification_id)
                          where m.kind = 'digest' and m.audience = n.audience)
                        """, "org:" + org));

        // When a third comes after that
        dispatcher.match(matched(org, "fourth"));

        // Then it waits again
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).contains("breach email pending -"));
        assertEquals(2, notices(org, 2).size());
    }

    @Test
    void sendsOneAloneAsItselfAndNothingOfWhatWasWithdrawnMeanwhile() {
        // Given
        String org = RunningDispatcher.newOrg();
        dispatcher.withMail(org, "en");
        tellOf(org, "first", "stays-" + org, "goes-" + org);

        // When
        dispatcher.match(withdrawn(org, "goes-" + org));
        awaitLedger(
                org,
                "breach email delivered -",
                "breach email pending -",
                "breach email suppressed advisory_withdrawn");
        endWindow(dispatcher, org);

        // Then
        List<CaughtMail> mails = notices(org, 2);
        assertEquals(
                "[critical] stays-" + org + "@1.0.0 is malicious and was downloaded by " + org,
                mails.get(1).subject());
        awaitLedger(
                org,
                "breach email delivered -",
                "breach email delivered -",
                "breach email suppressed advisory_withdrawn");
    }

    @Test
    void sendsNothingToWhoWantsNoMailAnyMore() {
        // Given
        String org = RunningDispatcher.newOrg();
        dispatcher.withMail(org, "en");
        tellOf(org, "first", "second", "third");

        // When
        dispatcher.ok(
                "PUT",
                "/v1/orgs/" + org + "/breach-notifications",
                dispatcher.owner(org),
                "{\"email\":{\"enabled\":false,\"language\":\"en\"}}");
        endWindow(dispatcher, org);

        // Then
        awaitLedger(
                org,
                "breach email delivered -",
                "breach email suppressed email_off",
                "breach email suppressed email_off");
        assertEquals(1, notices(org, 1).size());
    }

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
        dispatcher.ok(
                "PUT",
                "/v1/orgs/" + org + "/breach-notifications",
                dispatcher.owner(org),
                "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint
                        + "\"},\"email\":{\"enabled\":false,\"language\":\"en\"}}");
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
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).contains(failed));

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

    /** A token whose holder was mailed one notice, while another waits. @return its id */
    private String tokenWithOneThatWaits(String address) {
        String token = RecordKeys.emailRecipient(address);
        dispatcher.registerToken(TokenRegistered.newBuilder()
                .setTokenId(token)
                .setVerifiedEmail(address)
                .setVerifiedAt(Instant.parse("2026-01-01T00:00:00Z")));
        for (String name : List.of("first", "second")) {
            dispatcher.match(Samples.matched(
                    "token:" + token,
                    Samples.advisory().setAdvisoryId("MAL-" + name).setPackageName(name),
                    List.of(Samples.download("e-" + name, "2026-04-15T08:30:00Z", Samples.orgToken("t1")))));
        }
        await().atMost(RunningDispatcher.SOON).until(() -> states(token).equals(List.of("delivered -", "pending -")));
        return token;
    }

    private List<String> states(String token) {
        return dispatcher.rows("""
                select l.state, coalesce(l.reason, '-') from notification_dispatcher.notification
                join notification_dispatcher.ledger l using (notification_id) where audience = ? order by 1, 2
                """, "token:" + token);
    }

    @Test
    void tellsWhoHeldTheTokenThoughItWasRevokedAsTheFirstMailAsked() {
        // Given
        String address = RunningDispatcher.newOrg() + "@example.com";
        String token = tokenWithOneThatWaits(address);

        // When
        dispatcher.produce(
                Topics.TOKEN_REGISTERED.name(),
                token,
                MessageCodec.of(TokenRegistered.class)
                        .encode(TokenRegistered.newBuilder()
                                .setTokenId(token)
                                .setRevokedAt(Instant.parse("2026-05-01T00:00:00Z"))
                                .build()));
        await().atMost(RunningDispatcher.SOON)
                .until(() -> !dispatcher.bean(TokenDirectory.class).has(token));
        dispatcher.update("""
                update notification_dispatcher.kept_notice k set digest_at = now() - interval '1 minute'
                from notification_dispatcher.notification n
                where n.notification_id = k.notification_id and k.digest_at is not null and n.audience = ?
                """, "token:" + token);

        // Then
        assertEquals(2, dispatcher.awaitMails(address, 2).size());
        await().atMost(RunningDispatcher.SOON).until(() -> states(token).equals(List.of("delivered -", "delivered -")));
    }

    @Test
    void endsWhatWaitsForWhoUnsubscribesAtOnce() {
        // Given
        String address = RunningDispatcher.newOrg() + "@example.com";
        String token = tokenWithOneThatWaits(address);
        String link = dispatcher
                .awaitMails(address, 1)
                .getFirst()
                .header("List-Unsubscribe")
                .orElseThrow();

        // When
        dispatcher.ok("POST", link.replaceFirst("<https://[^/]*", "").replaceFirst(">$", ""), "", "");

        // Then
        assertEquals(List.of("delivered -", "suppressed unsubscribed"), states(token));
    }

    @Test
    void tellsTheOthersWhereOneThatWaitsCannotBeRead() {
        // Given
        String org = RunningDispatcher.newOrg();
        dispatcher.withMail(org, "en");
        tellOf(org, "first", "second", "third", "bad-" + org);
        dispatcher.update("""
                update notification_dispatcher.kept_notice k set match = '\\x010203' from notification_dispatcher.notification n
                where n.notification_id = k.notification_id and n.subject like ?
                """, "%bad-" + org + "%");

        // When
        endWindow(dispatcher, org);

        // Then the bad one waits on, and is seen to
        awaitLedger(
                org,
                "breach email delivered -",
                "breach email delivered -",
                "breach email delivered -",
                "breach email pending -",
                "digest email delivered -");
    }

    @Test
    void opensNoWindowByWhatIsRefused() {
        // Given
        String org = RunningDispatcher.newOrg();
        dispatcher.withMail(org, "en");
        tellOf(org, "first", "second");
        String saved = "/v1/orgs/" + org + "/breach-notifications";
        dispatcher.ok("PUT", saved, dispatcher.owner(org), "{\"email\":{\"enabled\":false,\"language\":\"en\"}}");
        dispatcher.update("delete from notification_dispatcher.campaign where audience = ?", "org:" + org);

        // When
        endWindow(dispatcher, org);
        awaitLedger(org, "breach email delivered -", "breach email suppressed email_off");

        // Then
        assertEquals(
                List.of(),
                dispatcher.rows(
                        "select open_until from notification_dispatcher.campaign where audience = ?", "org:" + org));
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

        // When there is more of it after that
        dispatcher.match(matched(org, "second")
                .setDownloads(List.of(Samples.download("e-last", "2026-04-15T10:30:00Z", Samples.human("u1")))));

        // Then it goes at once, as an answer to that mail
        CaughtMail answer = notices(org, 3).get(2);
        assertEquals(digest.header("Message-ID"), answer.header("In-Reply-To"));
        assertFalse(digest.header("Message-ID").isEmpty());
    }

    @Test
    void correctsByMailWhatWentInADigest() {
        // Given
        String org = RunningDispatcher.newOrg();
        dispatcher.withMail(org, "en");
        tellOf(org, "first", "second-" + org, "third");
        endWindow(dispatcher, org);
        CaughtMail digest = notices(org, 2).get(1);

        // When
        dispatcher.match(withdrawn(org, "second-" + org));

        // Then
        CaughtMail correction = notices(org, 3).get(2);
        assertEquals("[withdrawn] The advisory on second-" + org + " was taken back", correction.subject());
        assertEquals(digest.header("Message-ID"), correction.header("In-Reply-To"));
    }

    @Test
    void forgetsNothingThatWaitsWhenTheServiceIsKilled() {
        // Given
        String org = RunningDispatcher.newOrg();
        RunningDispatcher other = RunningDispatcher.beside(LONG_WINDOW);
        try (other) {
            other.withMail(org, "en");
        }
        ChildProcess.Builder program = other.asProcess(FreePorts.one());
        ChildProcess life = program.start();
        try {
            for (String name : List.of("first", "second", "third")) {
                other.match(matched(org, name));
            }
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Collections.frequency(other.ledger(org), "breach email pending -") == 2
                            && other.ledger(org).contains("breach email delivered -"));

            // When
            life.killHard();
            endWindow(other, org);
            life = program.start();
            life.awaitLine(Pattern.compile("digest\\.decided"), Duration.ofSeconds(60));

            // Then
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> other.ledger(org).contains("digest email delivered -")
                            && Collections.frequency(other.ledger(org), "breach email delivered -") == 3);
            assertEquals(3, other.mails(org + "@example.com").size());
        } finally {
            life.close();
        }
    }
}
