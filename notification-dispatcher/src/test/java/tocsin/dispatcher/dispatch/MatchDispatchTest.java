package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.payload.BreachPayload;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.DeliverySettled;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.CaughtMail;

/** A match goes in, requests and mails come out, and nobody is told twice. */
class MatchDispatchTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();
    private final String audience = "org:" + org;

    @Test
    void asksForAWebhookAndSendsAMail() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        String address = org + "@example.com";
        dispatcher.ok(
                "POST",
                "/v1/orgs/" + org + "/email-allowlist",
                dispatcher.owner(org),
                "{\"address\":\"" + address + "\"}");
        dispatcher.ok(
                "POST",
                RunningDispatcher.linkIn(dispatcher.awaitMails(address, 1).getFirst()),
                "",
                "");
        dispatcher.ok(
                "PUT",
                "/v1/orgs/" + org + "/breach-notifications",
                dispatcher.owner(org),
                "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint + "\"},"
                        + "\"email\":{\"enabled\":true,\"address\":\"" + address + "\",\"language\":\"en\"}}");
        dispatcher.sinceLongAgo(org);

        // When
        dispatcher.match(Samples.matched(audience, first()));

        // Then
        WebhookRequested webhook = dispatcher.awaitWebhooks(org, 1).getFirst();
        assertEquals(endpoint, webhook.getEndpointId());
        assertEquals(BreachPayload.TYPE, webhook.getType());
        assertTrue(webhook.getData().startsWith("{\"advisory\":{\"advisory_id\":\"GHSA-aaaa-bbbb-cccc\""));
        CaughtMail mail = dispatcher.awaitMails(address, 2).get(1);
        assertEquals("[critical] example-pkg@1.0.0 is malicious and was downloaded by " + org, mail.subject());
        String emailId = dispatcher.emails(audience).getLast().getEmailId();
        assertEquals(
                "<" + emailId + "@tocsin.example.com>",
                mail.header("Message-ID").orElseThrow());
        assertEquals("auto-generated", mail.header("Auto-Submitted").orElseThrow());
        assertTrue(mail.html().orElseThrow().contains("Malicious package downloaded"));
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).contains("breach email delivered -"));
        assertTrue(dispatcher.ledger(org).contains("breach " + endpoint + " pending -"));
    }

    @Test
    void closesTheRowOfAWebhookWhenItsSenderSays() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.match(Samples.matched(audience, first()));
        dispatcher.match(anotherPackage());
        List<WebhookRequested> webhooks = dispatcher.awaitWebhooks(org, 2);

        // When the first fails, is sent again by a person with success, and what failed comes once more
        settle(webhooks.get(0), DeliveryOutcome.FAILED);
        settle(webhooks.get(0), DeliveryOutcome.DELIVERED);
        settle(webhooks.get(0), DeliveryOutcome.FAILED);
        settle(webhooks.get(1), DeliveryOutcome.FAILED);

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .ledger(org)
                        .equals(List.of(
                                "breach " + endpoint + " delivered -",
                                "breach " + endpoint + " failed the receiver said no")));
    }

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
                        .map(MatchDispatchTest::packageIn)
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
    void tellsAnotherOrganisationNothing() {
        // Given
        String other = RunningDispatcher.newOrg();
        dispatcher.withWebhook(org);
        dispatcher.withWebhook(other);

        // When
        dispatcher.match(Samples.matched(audience, first()));
        dispatcher.awaitWebhooks(org, 1);
        dispatcher.match(Samples.matched("org:" + other, second()));

        // Then
        WebhookRequested webhook = dispatcher.awaitWebhooks(other, 1).getFirst();
        assertEquals(1, dispatcher.webhooks(other).size());
        assertTrue(webhook.getData().contains("2026-04-15T09:00:00Z"), webhook.getData());
        assertTrue(!webhook.getData().contains("2026-04-15T08:30:00Z"), webhook.getData());
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

    @Test
    void suppressesWithoutEntitlementAndSaysWhy() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.ok(
                "PUT", "/v1/orgs/" + org + "/entitlements", dispatcher.admin(), "{\"guard\":false,\"webhooks\":true}");

        // When
        dispatcher.match(Samples.matched(audience, first()));

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .ledger(org)
                        .equals(List.of("breach " + endpoint + " suppressed guard_not_entitled")));
        assertEquals(List.of(), dispatcher.webhooks(org));
    }

    @Test
    void asksForTheWebhookOfAnEndpointThatItDoesNotKnowForItsSenderKnowsBetter() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.remove(Topics.WEBHOOK_ENDPOINT.name(), endpoint);
        var directory = dispatcher.bean(EndpointDirectory.class);
        await().atMost(RunningDispatcher.SOON).until(() -> !directory.has(org, endpoint));

        // When
        dispatcher.match(Samples.matched(audience, first()));

        // Then
        assertEquals(endpoint, dispatcher.awaitWebhooks(org, 1).getFirst().getEndpointId());
        assertEquals(List.of("breach " + endpoint + " pending -"), dispatcher.ledger(org));
    }

    @Test
    void asksForTheWebhookOfADisabledEndpointToo() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.produce(
                Topics.WEBHOOK_ENDPOINT.name(),
                endpoint,
                MessageCodec.of(WebhookEndpoint.class)
                        .encode(WebhookEndpoint.newBuilder()
                                .setEndpointId(endpoint)
                                .setOrgId(org)
                                .setEnabled(false)
                                .setEventTypes(List.of())
                                .build()));

        // When
        dispatcher.match(Samples.matched(audience, first()));

        // Then
        assertEquals(1, dispatcher.awaitWebhooks(org, 1).size());
    }

    @Test
    void putsAPoisonMatchIntoQuarantineAndGoesOn() {
        // Given
        dispatcher.withWebhook(org);
        int before = dispatcher.records("notification-dispatcher.quarantine").size();

        // When
        dispatcher.produce(Topics.ADVISORY_MATCHED.name(), audience, new byte[] {1, 2, 3});
        dispatcher.match(Samples.matched("org:no such organisation", first()));
        dispatcher.produce(
                Topics.ADVISORY_MATCHED.name(),
                audience,
                Samples.CODEC.encode(
                        Samples.matched(audience, first()).setMatchId("1").build()));
        dispatcher.match(Samples.matched(audience, first()));

        // Then
        dispatcher.awaitWebhooks(org, 1);
        await().atMost(RunningDispatcher.SOON)
                .until(() ->
                        dispatcher.records("notification-dispatcher.quarantine").size() == before + 3);
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

    private void settle(WebhookRequested webhook, DeliveryOutcome outcome) {
        dispatcher.produce(
                Topics.DELIVERY_SETTLED.name(),
                // One key for all: in the order of this test.
                org,
                MessageCodec.of(DeliverySettled.class)
                        .encode(DeliverySettled.newBuilder()
                                .setNotificationId(webhook.getNotificationId())
                                .setMessageId(webhook.getWebhookId())
                                .setDestination(webhook.getEndpointId())
                                .setOutcome(outcome)
                                .setAttempts(4)
                                .setReason(outcome == DeliveryOutcome.FAILED ? "the receiver said no" : null)
                                .setSettledAt(Instant.parse("2026-04-17T10:02:00Z"))
                                .build()));
    }
}
