package tocsin.dispatcher.events;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.CaughtMail;

class EventDispatchTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();

    @Test
    void asksForSubscribersOfItsOwnOrganisationAndThoseItNamesOnce() {
        // Given one that is another organisation's, which only the sender can say for sure
        String subscribed = dispatcher.withEndpoint(org, "member.joined");
        String named = dispatcher.withEndpoint(org);
        dispatcher.withEndpoint(org, "member.removed");
        String foreign = dispatcher.withEndpoint(RunningDispatcher.newOrg(), "member.joined");
        PlatformEvent.Builder event = event("1").setWebhookEndpointIds(List.of(named, subscribed, foreign));

        // When
        publish(event);
        publish(event);
        publish(event("2"));

        // Then
        List<WebhookRequested> webhooks = dispatcher.awaitWebhooks(org, 4);
        assertEquals(
                Stream.of(named, subscribed, subscribed, foreign).sorted().toList(),
                webhooks.stream().map(WebhookRequested::getEndpointId).sorted().toList());
        webhooks.forEach(it -> {
            assertEquals("member.joined", it.getType());
            assertEquals(EventReaderTest.DATA, it.getData());
        });
        assertEquals(
                Stream.of(
                                "event " + foreign + " pending -",
                                "event " + named + " pending -",
                                "event " + subscribed + " pending -",
                                "event " + subscribed + " pending -")
                        .sorted()
                        .toList(),
                dispatcher.ledger(org).stream().sorted().toList());
    }

    @Test
    void suppressesWithoutEntitlement() {
        // Given
        String endpoint = dispatcher.withEndpoint(org, "member.joined");
        dispatcher.ok(
                "PUT", "/v1/orgs/" + org + "/entitlements", dispatcher.admin(), "{\"guard\":true,\"webhooks\":false}");

        // When
        publish(event("1"));

        // Then
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .ledger(org)
                        .equals(List.of("event " + endpoint + " suppressed webhooks_not_entitled")));
    }

    @Test
    void tellsTheOwnerByMailOfADisabledEndpointOnce() {
        // Given
        String address = org + "@example.com";
        dispatcher.withAddress(org, "en", address);
        PlatformEvent.Builder disabled = event("disabled-1")
                .setType("webhook.endpoint_disabled")
                .setData("{\"endpoint_id\":\"WH1\",\"reason\":\"it failed for five days\"}");

        // When
        publish(disabled);
        publish(disabled);
        publish(event("after"));
        dispatcher.withEndpoint(org, "member.joined");
        publish(event("after-2"));
        dispatcher.awaitWebhooks(org, 1);

        // Then
        CaughtMail mail = dispatcher.awaitMails(address, 2).get(1);
        assertEquals("Webhook endpoint WH1 of " + org + " was disabled", mail.subject());
        assertEquals("""
                Webhook endpoint disabled

                Nothing is sent to the webhook endpoint WH1 of %1$s any more. The reason: it failed for five days

                What was to be sent there is kept and waits, and so does what comes now. Mend the receiver and enable the endpoint again: then all of it is delivered. Delete the endpoint if it is not needed any more.

                --\s
                You get this because %1$s confirmed this address for security notices.
                """.formatted(org), mail.text().orElseThrow().replace("\r\n", "\n"));
        assertEquals(2, dispatcher.mails(address).size());
    }

    @Test
    void putsAPoisonEventIntoQuarantineAndGoesOn() {
        // Given
        dispatcher.withEndpoint(org, "member.joined");
        int before = dispatcher.records("notification-dispatcher.quarantine").size();

        // When
        dispatcher.produce(Topics.PLATFORM_EVENT.name(), org, new byte[] {1, 2, 3});
        publish(event("1").setData("no object"));
        publish(event("2"));

        // Then
        dispatcher.awaitWebhooks(org, 1);
        await().atMost(RunningDispatcher.SOON)
                .until(() ->
                        dispatcher.records("notification-dispatcher.quarantine").size() == before + 2);
    }

    private PlatformEvent.Builder event(String id) {
        return EventReaderTest.event().setEventId(id).setOrgId(org);
    }

    private void publish(PlatformEvent.Builder event) {
        dispatcher.produce(
                Topics.PLATFORM_EVENT.name(),
                org,
                MessageCodec.of(PlatformEvent.class).encode(event.build()));
    }
}
