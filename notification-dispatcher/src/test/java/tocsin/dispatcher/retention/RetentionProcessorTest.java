package tocsin.dispatcher.retention;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.ledger.NotificationIds;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.WebhookRequested;

/** What ended long ago goes; what waits and what must not ring again stays; and the counters never lie. */
class RetentionProcessorTest {

    private static RunningDispatcher dispatcher;

    private final String org = RunningDispatcher.newOrg();

    @BeforeAll
    static void start() {
        dispatcher = RunningDispatcher.beside(Map.of(
                "tocsin.retention.ledger", "P30D",
                "tocsin.retention.told", "P400D",
                "tocsin.retention.matcher", "P365D"));
    }

    @AfterAll
    static void stop() {
        dispatcher.close();
    }

    private static void removeOldAfter(int days) {
        Instant now = dispatcher.bean(Clock.class).instant();
        dispatcher.bean(RetentionProcessor.class).removeOld(now.plus(Duration.ofDays(days)));
    }

    private void settle(WebhookRequested webhook) {
        dispatcher.produce(
                Topics.DELIVERY_SETTLED.name(),
                webhook.getNotificationId(),
                MessageCodec.of(DeliverySettled.class)
                        .encode(DeliverySettled.newBuilder()
                                .setNotificationId(webhook.getNotificationId())
                                .setMessageId(webhook.getWebhookId())
                                .setDestination(webhook.getEndpointId())
                                .setOutcome(DeliveryOutcome.DELIVERED)
                                .setAttempts(1)
                                .setSettledAt(Instant.parse("2026-04-17T12:00:00Z"))
                                .build()));
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).stream().anyMatch(it -> it.contains("delivered")));
    }

    private void match(String pkg, String event) {
        dispatcher.match(Samples.matched(
                "org:" + org,
                Samples.advisory().setPackageName(pkg),
                List.of(Samples.download(event, "2026-04-15T08:30:00Z", Samples.human("u1")))));
    }

    private static List<String> counters() {
        return dispatcher.rows("select counted, sum(rows) from notification_dispatcher.ledger_tally"
                + " group by counted having sum(rows) <> 0 order by counted");
    }

    private static List<String> counted() {
        return dispatcher.rows("""
                select * from (
                  select 'expected' as counted, sum(destinations) as rows from notification_dispatcher.notification
                  union all select state, count(*) from notification_dispatcher.ledger group by state) c
                where rows <> 0 order by counted
                """);
    }

    @Test
    void removesWhatEndedAndNothingThatWaits() {
        // Given one that ended and one that waits
        dispatcher.withWebhook(org);
        match("ended", "e1");
        WebhookRequested ended = dispatcher.awaitWebhooks(org, 1).getFirst();
        settle(ended);
        match("waiting", "e2");
        dispatcher.awaitWebhooks(org, 2);
        assertEquals(counted(), counters());

        // When
        removeOldAfter(29);
        int young = dispatcher.ledger(org).size();
        removeOldAfter(31);

        // Then
        assertEquals(2, young);
        assertEquals(1, dispatcher.ledger(org).size());
        assertEquals(counted(), counters());
        dispatcher.bean(RetentionRepository.class).addUp();
        assertEquals(counted(), counters());
    }

    @Test
    void ringsNotAgainForWhatWasToldAlthoughItsNotificationIsGone() {
        // Given
        dispatcher.withWebhook(org);
        match("told", "e1");
        settle(dispatcher.awaitWebhooks(org, 1).getFirst());
        removeOldAfter(31);
        assertEquals(List.of(), dispatcher.ledger(org));

        // When the matcher tells it again, and something else
        match("told", "e1");
        match("other", "e2");

        // Then
        assertEquals(2, dispatcher.awaitWebhooks(org, 2).size());
        assertEquals(1, dispatcher.ledger(org).size());
    }

    @Test
    void takesBackWhatWasToldAlthoughItsNotificationIsGone() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        match("withdrawn-" + org, "e1");
        WebhookRequested told = dispatcher.awaitWebhooks(org, 1).getFirst();
        settle(told);
        removeOldAfter(31);
        assertEquals(List.of(), dispatcher.ledger(org));

        // When
        withdraw("withdrawn-" + org, 1);

        // Then
        WebhookRequested correction = dispatcher.awaitWebhooks(org, 2).getLast();
        assertEquals("guard.advisory_withdrawn", correction.getType());
        assertEquals(endpoint, correction.getEndpointId());
        assertTrue(correction.getData().contains(told.getNotificationId()), correction.getData());
    }

    private void withdraw(String pkg, int revision) {
        dispatcher.match(Samples.matched(
                "org:" + org,
                Samples.advisory()
                        .setPackageName(pkg)
                        .setRevision(Samples.PUBLISHED.plusSeconds(revision))
                        .setWithdrawnAt(Samples.PUBLISHED.plusSeconds(revision)),
                List.of(Samples.download("e1", "2026-04-15T08:30:00Z", Samples.human("u1")))));
    }

    @ParameterizedTest
    @EnumSource(DeliveryOutcome.class)
    void correctsAfterWhatIsUnderWayAlthoughTheFirstNotificationIsGone(DeliveryOutcome ofTheSecond) {
        // Given one that arrived, and one that is still tried
        String endpoint = dispatcher.withWebhook(org);
        String pkg = "ordered-" + org;
        match(pkg, "e1");
        settle(dispatcher.awaitWebhooks(org, 1).getFirst());
        match(pkg, "e2");
        WebhookRequested second = dispatcher.awaitWebhooks(org, 2).getLast();
        removeOldAfter(31);
        assertEquals(List.of("follow_up " + endpoint + " pending -"), dispatcher.ledger(org));

        // When
        withdraw(pkg, 1);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).size() == 2);
        List<String> waits = dispatcher.rows("""
                select k.held from notification_dispatcher.kept_notice k
                join notification_dispatcher.notification n using (notification_id)
                where n.audience = ? and n.kind = 'withdrawn'
                """, "org:" + org);
        int meanwhile = dispatcher.webhooks(org).size();
        dispatcher.settle(second, ofTheSecond);

        // Then
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(org, 3).getLast().getType());
        assertEquals(List.of("t"), waits);
        assertEquals(2, meanwhile);
    }

    @Test
    void takesBackWhatWasToldAlthoughTheCorrectionThatFailedIsGoneToo() {
        // Given one that arrived, and whose correction did not
        String endpoint = dispatcher.withWebhook(org);
        String pkg = "uncorrected-" + org;
        match(pkg, "e1");
        settle(dispatcher.awaitWebhooks(org, 1).getFirst());
        withdraw(pkg, 1);
        dispatcher.settle(dispatcher.awaitWebhooks(org, 2).getLast(), DeliveryOutcome.FAILED);
        awaitFailures(1);

        // And which rang anew, and that never arrived
        dispatcher.match(Samples.matched(
                "org:" + org, Samples.advisory().setPackageName(pkg).setRevision(Samples.PUBLISHED.plusSeconds(2))));
        WebhookRequested anew = dispatcher.awaitWebhooks(org, 3).getLast();
        removeOldAfter(31);
        assertEquals(List.of("breach " + endpoint + " pending -"), dispatcher.ledger(org));
        dispatcher.settle(anew, DeliveryOutcome.FAILED);
        awaitFailures(1);

        // When
        withdraw(pkg, 3);

        // Then
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(org, 4).getLast().getType());
    }

    private void awaitFailures(int many) {
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).stream()
                                .filter(it -> it.contains(" failed "))
                                .count()
                        == many);
    }

    /** What a digest told has no mail of its own. */
    @Test
    void answersTheMailThatToldItAlthoughItsNotificationIsGone() {
        // Given, as if a digest had told it
        String address = dispatcher.withMail(org, "en");
        String pkg = "threaded-" + org;
        match(pkg, "e1");
        dispatcher.awaitMails(address, 2);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).contains("breach email delivered -"));
        UUID digest = UUID.randomUUID();
        dispatcher.update(
                "update notification_dispatcher.ledger l set carried_by = '" + digest
                        + "' from notification_dispatcher.notification n"
                        + " where n.notification_id = l.notification_id and n.kind = 'breach' and n.audience = ?",
                "org:" + org);
        removeOldAfter(31);
        assertEquals(List.of(), dispatcher.ledger(org));

        // When
        withdraw(pkg, 1);

        // Then
        String answers = dispatcher
                .awaitMails(address, 3)
                .getLast()
                .header("In-Reply-To")
                .orElseThrow();
        assertTrue(answers.contains(NotificationIds.emailId(digest)), answers);
    }

    @Test
    void forgetsWhatWasToldOnlyAfterItsTime() {
        // Given
        dispatcher.withWebhook(org);
        match("told", "e1");
        dispatcher.awaitWebhooks(org, 1);
        String told = "select count(*) from notification_dispatcher.told where audience = ?";

        // When
        removeOldAfter(399);
        List<String> before = dispatcher.rows(told, "org:" + org);
        removeOldAfter(401);

        // Then
        assertEquals(List.of("1"), before);
        assertEquals(List.of("0"), dispatcher.rows(told, "org:" + org));

        // When it comes again
        match("told", "e2");

        // Then it is news
        dispatcher.awaitWebhooks(org, 2);
        assertEquals(
                List.of("breach", "breach"),
                dispatcher.rows(
                        "select kind from notification_dispatcher.notification where audience = ?", "org:" + org));
    }

    @Test
    void knowsMatchesThatWereDecidedTogetherAsLongAsNotifications() {
        // Given
        String id = "00000000-0000-4000-8000-000000000001";
        dispatcher.update(
                "insert into notification_dispatcher.late_decided (match_id, decided_at) values (?::uuid, now())", id);
        String decided = "select match_id from notification_dispatcher.late_decided where match_id = ?::uuid";

        // When
        removeOldAfter(29);
        List<String> young = dispatcher.rows(decided, id);
        removeOldAfter(31);

        // Then
        assertEquals(List.of(id), young);
        assertEquals(List.of(), dispatcher.rows(decided, id));
    }
}
