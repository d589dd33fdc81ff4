package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.dispatcher.dispatch.Campaigns.awaitLedger;
import static tocsin.dispatcher.dispatch.Campaigns.awaitStates;
import static tocsin.dispatcher.dispatch.Campaigns.endWindow;
import static tocsin.dispatcher.dispatch.Campaigns.endWindowOf;
import static tocsin.dispatcher.dispatch.Campaigns.notices;
import static tocsin.dispatcher.dispatch.Campaigns.states;
import static tocsin.dispatcher.dispatch.Campaigns.tellOf;
import static tocsin.dispatcher.dispatch.Campaigns.tokenWithOneThatWaits;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.address.TokenDirectory;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.TokenRegistered;

/** What waits for others goes only where it may go still. */
class DigestRightsTest {

    private final RunningDispatcher dispatcher = Campaigns.dispatcher();

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
        endWindowOf(dispatcher, "token:" + token);

        // Then
        assertEquals(2, dispatcher.awaitMails(address, 2).size());
        awaitStates(token, "delivered -", "delivered -");
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
}
