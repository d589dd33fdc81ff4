package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.payload.BreachPayload;
import tocsin.dispatcher.settings.EndpointDirectory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AffectedDownload;
import tocsin.schemas.avro.WebhookEndpoint;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.CaughtMail;

/** A match goes in, requests and mails come out. */
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

    private static AffectedDownload first() {
        return Samples.download("e1", "2026-04-15T08:30:00Z", Samples.human("u1"));
    }

    private static AffectedDownload second() {
        return Samples.download("e2", "2026-04-15T09:00:00Z", Samples.human("u1"));
    }
}
