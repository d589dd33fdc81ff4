package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tocsin.dispatcher.dispatch.Campaigns.awaitLedger;
import static tocsin.dispatcher.dispatch.Campaigns.endWindow;
import static tocsin.dispatcher.dispatch.Campaigns.matched;
import static tocsin.dispatcher.dispatch.Campaigns.notices;
import static tocsin.dispatcher.dispatch.Campaigns.tellOf;
import static tocsin.dispatcher.dispatch.Campaigns.withdrawn;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.testsupport.CaughtMail;
import tocsin.testsupport.ChildProcess;
import tocsin.testsupport.FreePorts;

/** Many incidents of one organisation in a short time are one mail. */
class DigestTest {

    private final RunningDispatcher dispatcher = Campaigns.dispatcher();

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
        RunningDispatcher other = RunningDispatcher.beside(Campaigns.LONG_WINDOW);
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
