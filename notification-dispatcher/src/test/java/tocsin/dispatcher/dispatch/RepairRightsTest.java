package tocsin.dispatcher.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.dispatcher.dispatch.Campaigns.awaitLedger;
import static tocsin.dispatcher.dispatch.Campaigns.tellOf;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.PendingRequests;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.ledger.LedgerRepository;
import tocsin.dispatcher.ledger.LedgerRow;
import tocsin.dispatcher.ledger.Notification;
import tocsin.schemas.RecordKeys;

/** A mail that is asked for again goes only where it may go still; what may not ends with its reason. */
class RepairRightsTest {

    private final RunningDispatcher dispatcher = Campaigns.dispatcher();
    private final String org = RunningDispatcher.newOrg();
    private final PendingRequests pending = new PendingRequests(dispatcher, org);

    /** As if what waits had been asked for a day ago and got lost. */
    private void lose(String audience) {
        dispatcher.update("""
                update notification_dispatcher.kept_notice k
                set digest_at = null, asked_at = asked_at - interval '25 hours'
                from notification_dispatcher.notification n where n.notification_id = k.notification_id and n.audience = ?
                """, audience);
    }

    private void repair() {
        dispatcher.bean(RepairProcessor.class).askAgain();
    }

    private void change(String what) {
        switch (what) {
            case "guard" ->
                dispatcher.ok(
                        "PUT",
                        "/v1/orgs/" + org + "/entitlements",
                        dispatcher.admin(),
                        "{\"guard\":false,\"webhooks\":true}");
            case "removed" ->
                dispatcher.ok(
                        "DELETE",
                        "/v1/orgs/" + org + "/email-allowlist/" + org + "@example.com",
                        dispatcher.owner(org),
                        "");
            case "off" ->
                dispatcher.ok(
                        "PUT",
                        "/v1/orgs/" + org + "/breach-notifications",
                        dispatcher.owner(org),
                        "{\"email\":{\"enabled\":false,\"language\":\"en\"}}");
            case "nothing" -> {}
            default -> throw new IllegalArgumentException(what);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "nothing, delivered -",
        "guard, suppressed guard_not_entitled",
        "removed, suppressed address_removed",
        "off, suppressed email_off",
    })
    void asksForANoticeAgain(String changed, String end) {
        // Given a notice that was lost
        dispatcher.withMail(org, "en");
        tellOf(org, "first", "second");
        lose("org:" + org);

        // When
        change(changed);
        repair();

        // Then
        awaitLedger(org, "breach email delivered -", "breach email " + end);
    }

    @ParameterizedTest
    @CsvSource({
        // change, what the digest carries -> how all of it ends
        "nothing, BREACH, delivered -",
        "guard, BREACH, suppressed guard_not_entitled",
        "removed, UNDELIVERED, suppressed address_removed",
        "off, BREACH, suppressed email_off",
        "off, UNDELIVERED, delivered -",
    })
    void asksForADigestAgain(String changed, Notification.Kind carried, String end) {
        // Given a digest that was lost
        dispatcher.withMail(org, "en");
        UUID digest = pending.keepMail(Notification.Kind.DIGEST, org + "@example.com");
        pending.carry(carried, digest);
        pending.aDayPasses();

        // When
        change(changed);
        repair();

        // Then
        awaitLedger(org, carried.text() + " email " + end, "digest email " + end);
    }

    /** It is one mail: what a webhook did not bring is told wherever mails were switched off since, and takes along what it was made with. */
    @ParameterizedTest
    @CsvSource({
        "nothing, delivered -",
        "guard, suppressed guard_not_entitled",
        "removed, suppressed address_removed",
        "off, delivered -",
    })
    void asksForADigestOfSeveralKindsAsOne(String changed, String end) {
        // Given
        dispatcher.withMail(org, "en");
        UUID digest = pending.keepMail(Notification.Kind.DIGEST, org + "@example.com");
        pending.carry(Notification.Kind.BREACH, digest);
        pending.carry(Notification.Kind.UNDELIVERED, digest);
        pending.aDayPasses();

        // When
        change(changed);
        repair();

        // Then
        awaitLedger(org, "breach email " + end, "undelivered email " + end, "digest email " + end);
    }

    @ParameterizedTest
    @CsvSource({"nothing, delivered -", "off, suppressed email_off"})
    void leavesWhatHasEndedOfADigestAsItIs(String changed, String end) {
        // Given a digest of which a part has ended by itself
        dispatcher.withMail(org, "en");
        UUID digest = pending.keepMail(Notification.Kind.DIGEST, org + "@example.com");
        UUID ended = pending.carry(Notification.Kind.SEVERITY_RAISED, digest);
        pending.carry(Notification.Kind.BREACH, digest);
        dispatcher.bean(LedgerRepository.class).suppress(List.of(ended), LedgerRow.EMAIL, "advisory_withdrawn");
        pending.aDayPasses();

        // When
        change(changed);
        repair();

        // Then
        awaitLedger(
                org,
                "severity_raised email suppressed advisory_withdrawn",
                "breach email " + end,
                "digest email " + end);
    }

    @ParameterizedTest
    @CsvSource({
        "nothing, EVENT, delivered -",
        // It is about the organisation's endpoint.
        "guard, EVENT, delivered -",
        "removed, EVENT, suppressed address_removed",
        "off, WITHDRAWN, delivered -",
        "off, UNDELIVERED, delivered -",
        "off, DRILL, suppressed email_off",
    })
    void asksForOtherMailsAgain(String changed, Notification.Kind kind, String end) {
        // Given
        dispatcher.withMail(org, "en");
        pending.keepMail(kind, org + "@example.com");
        pending.aDayPasses();

        // When
        change(changed);
        repair();

        // Then
        awaitLedger(org, kind.text() + " email " + end);
    }

    @Test
    void asksNobodyAgainWhoUnsubscribedInTheVeryMomentOfTheNotice() {
        // Given
        String address = org + "@example.com";
        String token = Campaigns.tokenWithOneThatWaits(address);
        lose("token:" + token);
        dispatcher.update(
                "insert into notification_dispatcher.unsubscribed (recipient, unsubscribed_at) values (?, now())",
                RecordKeys.emailRecipient(address));

        // When
        repair();

        // Then
        assertEquals(List.of("delivered -", "suppressed unsubscribed"), Campaigns.states(token));
    }
}
