package tocsin.dispatcher.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.WebhookRequested;

/** Of what an incident was told before nobody is told twice: it is known by a repeat, by an alias of another feed, by a revision that comes late. */
class KnowsAnIncidentAgainTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();
    private final String audience = "org:" + org;

    @Test
    void changesNothingForARepeatOfAMatch() {
        // Given
        dispatcher.withWebhook(org);
        AdvisoryMatched.Builder match = Samples.matched(audience, first());
        dispatcher.match(match);
        dispatcher.awaitWebhooks(org, 1);

        // When
        dispatcher.match(match);
        dispatcher.match(anotherPackage());

        // Then
        assertEquals(2, dispatcher.awaitWebhooks(org, 2).size());
        assertEquals(2, dispatcher.ledger(org).size());
    }

    @Test
    void tellsNobodyAgainWhenASecondFeedComesWithAnAlias() {
        // Given
        dispatcher.withWebhook(org);
        dispatcher.match(Samples.matched(audience, first()));
        dispatcher.awaitWebhooks(org, 1);

        // When
        dispatcher.match(Samples.matched(
                audience,
                Samples.advisory()
                        .setFeed("ghsa-malware")
                        .setAdvisoryId("MAL-2026-7")
                        .setAliases(List.of("GHSA-aaaa-bbbb-cccc")),
                List.of(first())));
        dispatcher.match(anotherPackage());

        // Then
        assertEquals(
                List.of("example-pkg", "another-pkg"),
                dispatcher.awaitWebhooks(org, 2).stream()
                        .map(KnowsAnIncidentAgainTest::packageIn)
                        .toList());
        assertEquals(2, dispatcher.ledger(org).size());
    }

    @Test
    void makesOneIncidentOfTwoThatANewAliasJoins() {
        // Given two advisories that nobody knew to be one
        dispatcher.withWebhook(org);
        String pkg = "joined-" + org;
        dispatcher.match(Samples.matched(audience, advisory("GHSA-1", pkg), List.of(first())));
        dispatcher.match(Samples.matched(audience, advisory("MAL-1", pkg), List.of(second())));
        dispatcher.awaitWebhooks(org, 2);

        // When
        dispatcher.match(Samples.matched(
                audience, advisory("PYSEC-1", pkg).setAliases(List.of("GHSA-1", "MAL-1")), List.of(second(), first())));
        dispatcher.match(anotherPackage());

        // Then
        assertEquals(3, dispatcher.awaitWebhooks(org, 3).size());
        assertEquals(3, dispatcher.ledger(org).size());
        assertEquals(
                List.of("3"),
                dispatcher.rows(
                        "select count(*) from notification_dispatcher.incident_alias a join notification_dispatcher.incident i"
                                + " using (incident_id) where i.package_key = ? group by incident_id",
                        "npm:" + pkg));
    }

    @Test
    void tellsTwoAdvisoriesOfOneCveApart() {
        // Given
        dispatcher.withWebhook(org);
        String pkg = "cve-" + org;

        // When
        dispatcher.match(
                Samples.matched(audience, advisory("GHSA-1", pkg).setAliases(List.of("CVE-2026-1")), List.of(first())));
        dispatcher.match(
                Samples.matched(audience, advisory("GHSA-2", pkg).setAliases(List.of("CVE-2026-1")), List.of(first())));

        // Then
        assertEquals(2, dispatcher.awaitWebhooks(org, 2).size());
        assertTrue(dispatcher.ledger(org).stream().allMatch(it -> it.startsWith("breach ")), "neither follows up");
    }

    @Test
    void tellsOfALateDownloadInAFollowUp() {
        // Given
        dispatcher.withWebhook(org);
        dispatcher.match(Samples.matched(audience, first()));
        dispatcher.awaitWebhooks(org, 1);

        // When
        dispatcher.match(Samples.matched(audience, second()).setLate(true));

        // Then
        List<WebhookRequested> webhooks = dispatcher.awaitWebhooks(org, 2);
        assertNotEquals(webhooks.get(0).getWebhookId(), webhooks.get(1).getWebhookId());
        assertTrue(webhooks.get(1).getData().contains("\"total_downloads\":1"));
        assertEquals(
                List.of("breach", "follow_up"),
                dispatcher.ledger(org).stream()
                        .map(it -> it.substring(0, it.indexOf(" ")))
                        .toList());
    }

    @Test
    void ringsNothingForAWithdrawnAdvisoryNorForItsOlderRevisions() {
        // Given
        dispatcher.withWebhook(org);
        String pkg = "withdrawn-" + org;
        dispatcher.match(Samples.matched(
                audience,
                advisory("GHSA-1", pkg)
                        .setRevision(Samples.PUBLISHED.plusSeconds(60))
                        .setWithdrawnAt(Samples.PUBLISHED.plusSeconds(60)),
                List.of(first())));

        // When
        dispatcher.match(Samples.matched(audience, advisory("GHSA-1", pkg), List.of(first())));
        dispatcher.match(anotherPackage());

        // Then
        assertEquals("another-pkg", packageIn(dispatcher.awaitWebhooks(org, 1).getFirst()));
        assertEquals(1, dispatcher.ledger(org).size());
    }

    private AdvisoryMatched.Builder anotherPackage() {
        return Samples.matched(audience, advisory("GHSA-other", "another-pkg"), List.of(first()));
    }

    private static AdvisoryAccepted.Builder advisory(String id, String pkg) {
        return Samples.advisory().setAdvisoryId(id).setPackageName(pkg);
    }

    private static AffectedDownload first() {
        return Samples.download("e1", "2026-04-15T08:30:00Z", Samples.human("u1"));
    }

    private static AffectedDownload second() {
        return Samples.download("e2", "2026-04-15T09:00:00Z", Samples.human("u1"));
    }

    private static String packageIn(WebhookRequested webhook) {
        return webhook.getData().replaceAll(".*\"package_name\":\"([^\"]*)\".*", "$1");
    }
}
