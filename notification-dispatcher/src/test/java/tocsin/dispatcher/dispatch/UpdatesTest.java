package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.EmailRequested;
import tocsin.schemas.avro.Severity;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.CaughtMail;

/** What an audience hears of an incident after the first notice, and what it does not hear. */
class UpdatesTest {

    private static RunningDispatcher dispatcher;

    private final String org = RunningDispatcher.newOrg();
    private final String audience = "org:" + org;

    @BeforeAll
    static void start() {
        dispatcher = RunningDispatcher.beside(Map.of("tocsin.follow-up.window", "PT2S"));
    }

    @AfterAll
    static void stop() {
        dispatcher.close();
    }

    private static Instant revision(int number) {
        return Samples.PUBLISHED.plusSeconds(number);
    }

    private AdvisoryAccepted.Builder advisory(int revision) {
        return Samples.advisory().setPackageName("pkg-" + org).setRevision(revision(revision));
    }

    private static AffectedDownload download(int number, String version) {
        return AffectedDownload.newBuilder(
                        Samples.download("e" + number, "2026-04-15T08:0" + number + ":00Z", Samples.human("u1")))
                .setVersion(version)
                .build();
    }

    private void match(AdvisoryAccepted.Builder advisory, AffectedDownload... downloads) {
        dispatcher.match(Samples.matched(audience, advisory, List.of(downloads)));
    }

    private void late(AffectedDownload download) {
        dispatcher.match(
                Samples.matched(audience, advisory(1), List.of(download)).setLate(true));
    }

    private List<String> kinds() {
        return dispatcher.ledger(org).stream()
                .map(it -> it.substring(0, it.indexOf(" ")))
                .filter(it -> !it.equals("address_confirmation"))
                .toList();
    }

    private void untilDelivered(String kind) {
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).contains(kind + " email delivered -"));
    }

    @Test
    void putsLateDownloadsTogether() {
        // Given
        dispatcher.withWebhook(org);
        match(advisory(1), download(1, "1.0.0"));
        WebhookRequested first = dispatcher.awaitWebhooks(org, 1).getFirst();

        // When three come within the wait, one of them twice
        late(download(2, "1.0.0"));
        late(download(3, "1.0.1"));
        late(download(3, "1.0.1"));
        late(download(4, "1.0.0"));

        // Then
        String data = dispatcher.awaitWebhooks(org, 2).getLast().getData();
        assertTrue(data.contains("\"total_downloads\":3"), data);
        assertTrue(
                data.endsWith("\"update\":{\"kind\":\"follow_up\",\"notification_id\":\"" + first.getNotificationId()
                        + "\"}}"),
                data);
        assertEquals(List.of("breach", "follow_up"), kinds());
    }

    @Test
    void tellsOnlyWhatIsNewlyAffectedWhenAnAdvisoryIsWidened() {
        // Given
        dispatcher.withWebhook(org);
        match(advisory(1), download(1, "1.0.0"));

        // When
        match(advisory(2).setVersions(List.of("1.0.0", "0.9.0")), download(2, "0.9.0"), download(1, "1.0.0"));

        // Then
        String data = dispatcher.awaitWebhooks(org, 2).getLast().getData();
        assertTrue(data.contains("\"total_downloads\":1"), data);
        assertTrue(data.contains("\"version\":\"0.9.0\""), data);
        assertEquals(List.of("breach", "widened"), kinds());
    }

    @Test
    void tellsOnceThatThereAreMoreWhereAllThatAMatchHoldsWasToldByANarrowerAdvisory() {
        // Given
        dispatcher.withWebhook(org);
        match(advisory(1), download(2, "1.0.0"), download(1, "1.0.0"));
        Function<Integer, AdvisoryMatched.Builder> wider = revision -> Samples.matched(
                        audience,
                        advisory(revision)
                                .setAdvisoryId("MAL-2026-1")
                                .setAliases(List.of("GHSA-aaaa-bbbb-cccc"))
                                .setVersions(List.of("0.9.0", "1.0.0")),
                        List.of(download(2, "1.0.0"), download(1, "1.0.0")))
                .setFetchedVersions(List.of("0.9.0", "1.0.0"))
                .setNextOlderAt(Instant.parse("2026-04-15T08:00:30Z"));

        // When it comes twice, and something else after it
        dispatcher.match(wider.apply(2));
        dispatcher.match(wider.apply(3));
        match(advisory(1).setAdvisoryId("GHSA-dddd-eeee-ffff"), download(3, "1.0.0"));

        // Then
        List<WebhookRequested> webhooks = dispatcher.awaitWebhooks(org, 3);
        assertEquals(List.of("breach", "widened", "breach"), kinds());
        String data = webhooks.get(1).getData();
        assertTrue(data.contains("\"truncated\":true"), data);
        assertTrue(data.contains("0.9.0"), data);
    }

    /** As a matcher tells of a revision that adds versions, where a match is full of what others were told. */
    @Test
    void tellsWhatARevisionAddedAndNotTheFullMatchThatFollows() {
        // Given
        dispatcher.withWebhook(org);
        dispatcher.match(Samples.matched(audience, advisory(1), List.of(download(3, "1.0.0"), download(2, "1.0.0")))
                .setNextOlderAt(Instant.parse("2026-04-15T08:00:45Z")));
        AdvisoryAccepted.Builder wider = advisory(2).setVersions(List.of("0.9.0", "1.0.0"));

        // When
        dispatcher.match(Samples.matched(audience, wider, List.of(download(1, "0.9.0"))));
        dispatcher.match(Samples.matched(audience, wider, List.of(download(3, "1.0.0"), download(2, "1.0.0")))
                .setFetchedVersions(List.of("0.9.0", "1.0.0"))
                .setNextOlderAt(Instant.parse("2026-04-15T08:00:45Z")));
        match(advisory(1).setAdvisoryId("GHSA-dddd-eeee-ffff"), download(4, "1.0.0"));

        // Then
        List<WebhookRequested> webhooks = dispatcher.awaitWebhooks(org, 3);
        assertEquals(List.of("breach", "widened", "breach"), kinds());
        assertTrue(
                webhooks.get(1).getData().contains("\"total_downloads\":1,"),
                webhooks.get(1).getData());
    }

    @Test
    void tellsAllAgainWhenItIsWorseAndInTheSameThread() {
        // Given
        String address = dispatcher.withMail(org, "en");
        match(advisory(1).setSeverity(Severity.MEDIUM), download(1, "1.0.0"));
        untilDelivered("breach");

        // When
        match(advisory(2).setSeverity(Severity.CRITICAL), download(2, "1.0.0"), download(1, "1.0.0"));

        // Then
        List<CaughtMail> mails = dispatcher.awaitMails(address, 3);
        assertEquals(List.of("breach", "severity_raised"), kinds());
        CaughtMail raised = mails.getLast();
        assertTrue(raised.text().orElseThrow().contains("is rated more severe now"));
        assertTrue(raised.text().orElseThrow().contains("Downloads: 2"));
        assertEquals(
                mails.get(1).header("Message-ID").orElseThrow(),
                raised.header("References").orElseThrow());
    }

    @Test
    void tellsOfAnIncidentOnceItRisesAboveTheFloor() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.ok(
                "PUT",
                "/v1/orgs/" + org + "/breach-notifications",
                dispatcher.owner(org),
                "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint + "\"},\"minimum_severity\":\"high\"}");

        // When
        match(advisory(1).setSeverity(Severity.MEDIUM), download(1, "1.0.0"));
        match(advisory(2).setSeverity(Severity.HIGH), download(1, "1.0.0"));

        // Then
        assertEquals(1, dispatcher.awaitWebhooks(org, 1).size());
        assertEquals(
                List.of("breach " + endpoint + " suppressed below_severity_floor", "breach " + endpoint + " pending -"),
                dispatcher.ledger(org));
    }

    @Test
    void takesBackWhereItWasToldAndRingsAnewShouldItComeBack() {
        // Given
        String address = dispatcher.withMail(org, "ja");
        match(advisory(1), download(1, "1.0.0"));
        untilDelivered("breach");

        // When it is withdrawn, twice, and another revision says that it was right after all
        match(advisory(2).setWithdrawnAt(revision(2)), download(1, "1.0.0"));
        match(advisory(2).setWithdrawnAt(revision(2)), download(1, "1.0.0"));
        untilDelivered("withdrawn");
        match(advisory(1), download(1, "1.0.0"));
        match(advisory(3), download(1, "1.0.0"));

        // Then
        List<CaughtMail> mails = dispatcher.awaitMails(address, 4);
        assertEquals(List.of("breach", "withdrawn", "breach"), kinds());
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
        match(advisory(1), download(1, "1.0.0"));
        WebhookRequested first = dispatcher.awaitWebhooks(org, 1).getFirst();
        dispatcher.withWebhook(org);

        // When
        match(advisory(2).setWithdrawnAt(revision(2)), download(1, "1.0.0"));

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
                advisory(1).setFeed("ghsa").setAdvisoryId("MAL-1").setAliases(List.of("GHSA-aaaa-bbbb-cccc"));
        match(advisory(1), download(1, "1.0.0"));
        match(other, download(1, "1.0.0"));

        // When
        match(advisory(2).setWithdrawnAt(revision(2)), download(1, "1.0.0"));
        match(advisory(1).setPackageName("marker-" + org), download(2, "1.0.0"));
        dispatcher.awaitWebhooks(org, 2);
        List<String> before = kinds();
        match(other.setRevision(revision(2)).setWithdrawnAt(revision(2)), download(1, "1.0.0"));

        // Then
        dispatcher.awaitWebhooks(org, 3);
        assertEquals(List.of("breach", "breach"), before);
        assertEquals(List.of("breach", "breach", "withdrawn"), kinds());
    }

    @Test
    void suppressesAMailThatHasNotLeftWhenItsAdvisoryIsWithdrawn() {
        // Given a mail that still waits for its server
        String address = dispatcher.withMail(org, "en");
        match(advisory(1), download(1, "1.0.0"));
        untilDelivered("breach");
        dispatcher.update(
                "update notification_dispatcher.ledger set state = 'pending' where notification_id in"
                        + " (select notification_id from notification_dispatcher.notification where kind = 'breach' and audience = ?)",
                audience);

        // When
        match(advisory(2).setWithdrawnAt(revision(2)), download(1, "1.0.0"));
        match(advisory(1).setPackageName("marker-" + org), download(2, "1.0.0"));

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
        match(advisory(1), download(1, "1.0.0"));
        untilDelivered("breach");
        match(advisory(2).setWithdrawnAt(revision(2)), download(1, "1.0.0"));
        untilDelivered("withdrawn");
        match(advisory(3), download(1, "1.0.0"));
        dispatcher.awaitMails(address, 4);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).getLast().equals("breach email delivered -"));
        dispatcher.update("""
                update notification_dispatcher.ledger set state = 'pending' where notification_id =
                  (select notification_id from notification_dispatcher.notification where audience = ?
                   order by created_at desc limit 1)
                """, audience);

        // When
        match(advisory(4).setWithdrawnAt(revision(4)), download(1, "1.0.0"));
        match(advisory(1).setPackageName("marker-" + org), download(2, "1.0.0"));

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
        AdvisoryAccepted.Builder second = advisory(1)
                .setAdvisoryId("MAL-2")
                .setAliases(List.of("GHSA-aaaa-bbbb-cccc"))
                .setVersions(List.of("2.0.0"));
        match(advisory(1), download(1, "1.0.0"));
        dispatcher.match(Samples.matched("org:" + other, second, List.of(download(2, "2.0.0"))));
        WebhookRequested first = dispatcher.awaitWebhooks(org, 1).getFirst();
        dispatcher.awaitWebhooks(other, 1);

        // When both are withdrawn, each matched with its own audience
        match(advisory(2).setWithdrawnAt(revision(2)), download(1, "1.0.0"));
        dispatcher.match(Samples.matched(
                "org:" + other,
                second.setRevision(revision(2)).setWithdrawnAt(revision(2)),
                List.of(download(2, "2.0.0"))));

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
        match(advisory(1), download(1, "1.0.0"));
        untilDelivered("breach");

        // When
        match(advisory(2).setNarrowed(true).setVersions(List.of()), download(1, "1.0.0"));

        // Then
        CaughtMail narrowed = dispatcher.awaitMails(address, 3).getLast();
        assertEquals("[withdrawn] The advisory does not name pkg-" + org + " any more", narrowed.subject());
    }

    @Test
    void startsAThreadAnewAtAnAddressThatWasNotToldBefore() {
        // Given
        String before = dispatcher.withMail(org, "en");
        match(advisory(1), download(1, "1.0.0"));
        untilDelivered("breach");
        String address = dispatcher.withMail(org, "en", "other-" + org + "@example.com");

        // When
        match(advisory(1), download(2, "1.0.0"));
        match(advisory(1), download(3, "1.0.0"));
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).stream()
                                .filter(it -> it.equals("follow_up email delivered -"))
                                .count()
                        == 2);
        match(advisory(2).setWithdrawnAt(revision(2)), download(1, "1.0.0"));

        // Then the confirmation, and three of the incident
        List<CaughtMail> mails = dispatcher.awaitMails(address, 4);
        assertTrue(mails.get(1).header("In-Reply-To").isEmpty());
        String first = mails.get(1).header("Message-ID").orElseThrow();
        assertEquals(first, mails.get(2).header("In-Reply-To").orElseThrow());
        assertEquals(first, mails.get(3).header("In-Reply-To").orElseThrow());
        assertEquals(2, dispatcher.mails(before).size());
    }

    @Test
    void tellsNothingOfAWithdrawalToWhoWasToldNothing() {
        // Given
        dispatcher.withWebhook(org);

        // When
        match(advisory(2).setWithdrawnAt(revision(2)), download(1, "1.0.0"));
        match(advisory(1).setPackageName("marker-" + org), download(2, "1.0.0"));

        // Then
        dispatcher.awaitWebhooks(org, 1);
        assertEquals(List.of("breach"), kinds());
    }
}
