package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.Severity;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.CaughtMail;

/** What an audience hears of an incident after the first notice, and what it does not hear. */
class UpdatesTest {

    private final RunningDispatcher dispatcher = OneIncident.dispatcher();
    private final String org = RunningDispatcher.newOrg();
    private final String audience = "org:" + org;
    private final OneIncident incident = new OneIncident(org);

    private void late(AffectedDownload download) {
        dispatcher.match(Samples.matched(audience, incident.advisory(1), List.of(download))
                .setLate(true));
    }

    @Test
    void putsLateDownloadsTogether() {
        // Given
        dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        WebhookRequested first = dispatcher.awaitWebhooks(org, 1).getFirst();

        // When three come within the wait, one of them twice
        late(OneIncident.download(2, "1.0.0"));
        late(OneIncident.download(3, "1.0.1"));
        late(OneIncident.download(3, "1.0.1"));
        late(OneIncident.download(4, "1.0.0"));

        // Then
        String data = dispatcher.awaitWebhooks(org, 2).getLast().getData();
        assertTrue(data.contains("\"total_downloads\":3"), data);
        assertTrue(
                data.endsWith("\"update\":{\"kind\":\"follow_up\",\"notification_id\":\"" + first.getNotificationId()
                        + "\"}}"),
                data);
        assertEquals(List.of("breach", "follow_up"), incident.kinds());
    }

    @Test
    void tellsOnlyWhatIsNewlyAffectedWhenAnAdvisoryIsWidened() {
        // Given
        dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));

        // When
        incident.match(
                incident.advisory(2).setVersions(List.of("1.0.0", "0.9.0")),
                OneIncident.download(2, "0.9.0"),
                OneIncident.download(1, "1.0.0"));

        // Then
        String data = dispatcher.awaitWebhooks(org, 2).getLast().getData();
        assertTrue(data.contains("\"total_downloads\":1"), data);
        assertTrue(data.contains("\"version\":\"0.9.0\""), data);
        assertEquals(List.of("breach", "widened"), incident.kinds());
    }

    @Test
    void tellsOnceThatThereAreMoreWhereAllThatAMatchHoldsWasToldByANarrowerAdvisory() {
        // Given
        dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(2, "1.0.0"), OneIncident.download(1, "1.0.0"));
        Function<Integer, AdvisoryMatched.Builder> wider = revision -> Samples.matched(
                        audience,
                        incident.advisory(revision)
                                .setAdvisoryId("MAL-2026-1")
                                .setAliases(List.of("GHSA-aaaa-bbbb-cccc"))
                                .setVersions(List.of("0.9.0", "1.0.0")),
                        List.of(OneIncident.download(2, "1.0.0"), OneIncident.download(1, "1.0.0")))
                .setFetchedVersions(List.of("0.9.0", "1.0.0"))
                .setNextOlderAt(Instant.parse("2026-04-15T08:00:30Z"));

        // When it comes twice, and something else after it
        dispatcher.match(wider.apply(2));
        dispatcher.match(wider.apply(3));
        incident.match(incident.advisory(1).setAdvisoryId("GHSA-dddd-eeee-ffff"), OneIncident.download(3, "1.0.0"));

        // Then
        List<WebhookRequested> webhooks = dispatcher.awaitWebhooks(org, 3);
        assertEquals(List.of("breach", "widened", "breach"), incident.kinds());
        String data = webhooks.get(1).getData();
        assertTrue(data.contains("\"truncated\":true"), data);
        assertTrue(data.contains("0.9.0"), data);
    }

    /** As a matcher tells of a revision that adds versions, where a match is full of what others were told. */
    @Test
    void tellsWhatARevisionAddedAndNotTheFullMatchThatFollows() {
        // Given
        dispatcher.withWebhook(org);
        dispatcher.match(Samples.matched(
                        audience,
                        incident.advisory(1),
                        List.of(OneIncident.download(3, "1.0.0"), OneIncident.download(2, "1.0.0")))
                .setNextOlderAt(Instant.parse("2026-04-15T08:00:45Z")));
        AdvisoryAccepted.Builder wider = incident.advisory(2).setVersions(List.of("0.9.0", "1.0.0"));

        // When
        dispatcher.match(Samples.matched(audience, wider, List.of(OneIncident.download(1, "0.9.0"))));
        dispatcher.match(Samples.matched(
                        audience, wider, List.of(OneIncident.download(3, "1.0.0"), OneIncident.download(2, "1.0.0")))
                .setFetchedVersions(List.of("0.9.0", "1.0.0"))
                .setNextOlderAt(Instant.parse("2026-04-15T08:00:45Z")));
        incident.match(incident.advisory(1).setAdvisoryId("GHSA-dddd-eeee-ffff"), OneIncident.download(4, "1.0.0"));

        // Then
        List<WebhookRequested> webhooks = dispatcher.awaitWebhooks(org, 3);
        assertEquals(List.of("breach", "widened", "breach"), incident.kinds());
        assertTrue(
                webhooks.get(1).getData().contains("\"total_downloads\":1,"),
                webhooks.get(1).getData());
    }

    @Test
    void tellsAllAgainWhenItIsWorseAndInTheSameThread() {
        // Given
        String address = dispatcher.withMail(org, "en");
        incident.match(incident.advisory(1).setSeverity(Severity.MEDIUM), OneIncident.download(1, "1.0.0"));
        incident.untilDelivered("breach");

        // When
        incident.match(
                incident.advisory(2).setSeverity(Severity.CRITICAL),
                OneIncident.download(2, "1.0.0"),
                OneIncident.download(1, "1.0.0"));

        // Then
        List<CaughtMail> mails = dispatcher.awaitMails(address, 3);
        assertEquals(List.of("breach", "severity_raised"), incident.kinds());
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
        incident.match(incident.advisory(1).setSeverity(Severity.MEDIUM), OneIncident.download(1, "1.0.0"));
        incident.match(incident.advisory(2).setSeverity(Severity.HIGH), OneIncident.download(1, "1.0.0"));

        // Then
        assertEquals(1, dispatcher.awaitWebhooks(org, 1).size());
        assertEquals(
                List.of("breach " + endpoint + " suppressed below_severity_floor", "breach " + endpoint + " pending -"),
                dispatcher.ledger(org));
    }

    @Test
    void startsAThreadAnewAtAnAddressThatWasNotToldBefore() {
        // Given
        String before = dispatcher.withMail(org, "en");
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        incident.untilDelivered("breach");
        String address = dispatcher.withMail(org, "en", "other-" + org + "@example.com");

        // When
        incident.match(incident.advisory(1), OneIncident.download(2, "1.0.0"));
        incident.match(incident.advisory(1), OneIncident.download(3, "1.0.0"));
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).stream()
                                .filter(it -> it.equals("follow_up email delivered -"))
                                .count()
                        == 2);
        incident.match(incident.advisory(2).setWithdrawnAt(OneIncident.revision(2)), OneIncident.download(1, "1.0.0"));

        // Then the confirmation, and three of the incident
        List<CaughtMail> mails = dispatcher.awaitMails(address, 4);
        assertTrue(mails.get(1).header("In-Reply-To").isEmpty());
        String first = mails.get(1).header("Message-ID").orElseThrow();
        assertEquals(first, mails.get(2).header("In-Reply-To").orElseThrow());
        assertEquals(first, mails.get(3).header("In-Reply-To").orElseThrow());
        assertEquals(2, dispatcher.mails(before).size());
    }
}
