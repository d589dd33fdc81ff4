package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.Advisory;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.avro.AdvisoryMatched;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.CaughtMail;

/** What a webhook did not bring arrives by mail, once, unless a mail told it already. */
class UndeliveredMailTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();
    private final String audience = "org:" + org;
    private final String address = org + "@example.com";

    private AdvisoryMatched.Builder match() {
        return Samples.matched(
                audience,
                Samples.advisory().setPackageName("pkg-" + org),
                List.of(Samples.download("e1", "2026-04-15T08:30:00Z", Samples.human("u1"))));
    }

    private void untilTheLedgerIs(String... rows) {
        await().atMost(RunningDispatcher.SOON).untilAsserted(() -> assertEquals(List.of(rows), dispatcher.ledger(org)));
    }

    @Test
    void tellsTheConfirmedAddressAndTakesItBackThereToo() {
        // Given an address that was confirmed and never chosen
        dispatcher.withAddress(org, "en", address);
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.match(match());
        WebhookRequested webhook = dispatcher.awaitWebhooks(org, 1).getFirst();

        // When it fails, as the sender may say several times
        dispatcher.settle(webhook, DeliveryOutcome.FAILED);
        dispatcher.settle(webhook, DeliveryOutcome.FAILED);

        // Then
        untilTheLedgerIs(
                "address_confirmation email delivered -",
                "breach " + endpoint + " failed the receiver answered 500",
                "undelivered email delivered -");
        CaughtMail mail = dispatcher.awaitMails(address, 2).get(1);
        assertTrue(mail.text().orElseThrow().contains("could not be delivered, so this mail does"), mail.toString());
        assertTrue(mail.html().orElseThrow().contains("could not be delivered, so this mail does"), mail.toString());

        // When
        dispatcher.match(Samples.matched(
                audience,
                Samples.advisory()
                        .setPackageName("pkg-" + org)
                        .setRevision(Samples.PUBLISHED.plusSeconds(60))
                        .setWithdrawnAt(Samples.PUBLISHED.plusSeconds(60)),
                List.of()));

        // Then who was told by it is corrected
        CaughtMail correction = dispatcher.awaitMails(address, 3).get(2);
        assertEquals("[withdrawn] The advisory on pkg-" + org + " was taken back", correction.subject());
    }

    @Test
    void remembersWhereItToldWhileTheIncidentBecomesPartOfAnother() throws Exception {
        // Given two incidents of one package
        dispatcher.withAddress(org, "en", address);
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.match(match().setAdvisory(Samples.advisory()
                .setAdvisoryId("MAL-1")
                .setPackageName("pkg-" + org)
                .build()));
        dispatcher.awaitWebhooks(org, 1);
        dispatcher.match(match());
        WebhookRequested webhook = dispatcher.awaitWebhooks(org, 2).get(1);
        Advisory joins = Samples.read(match().setAdvisory(Samples.advisory()
                        .setAdvisoryId("MAL-1")
                        .setAliases(List.of("GHSA-aaaa-bbbb-cccc"))
                        .setPackageName("pkg-" + org)
                        .build()))
                .advisory();
        SqlClient sql = dispatcher.bean(SqlClient.class);
        UndeliveredMail undelivered = dispatcher.bean(UndeliveredMail.class);
        UUID notification = UUID.fromString(webhook.getNotificationId());

        // When the webhook fails while somebody makes them one
        AtomicReference<Future<?>> failing = new AtomicReference<>();
        UUID one;
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            one = sql.inTransaction(() -> {
                UUID joined = dispatcher.bean(IncidentRepository.class).findOrCreate(joins);
                failing.set(other.submit(() -> sql.inTransaction(() -> undelivered.failed(notification, endpoint))));
                dispatcher.awaitWaiting(1);
                return joined;
            });
            failing.get().get();
        }

        // Then
        assertEquals(
                List.of(one + " email"),
                dispatcher.rows(
                        "select incident_id, destination from notification_dispatcher.told_channel"
                                + " where audience = ? and destination = 'email'",
                        audience));
    }

    @Test
    void saysNotThatItWasTakenBackWhenItRangAnewMeanwhile() {
        // Given a correction that is still tried when its incident rings anew
        dispatcher.withAddress(org, "en", address);
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.match(match());
        dispatcher.settle(dispatcher.awaitWebhooks(org, 1).get(0), DeliveryOutcome.DELIVERED);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).contains("breach " + endpoint + " delivered -"));
        Instant withdrawn = Samples.PUBLISHED.plusSeconds(60);
        dispatcher.match(Samples.matched(
                audience,
                Samples.advisory()
                        .setPackageName("pkg-" + org)
                        .setRevision(withdrawn)
                        .setWithdrawnAt(withdrawn)));
        WebhookRequested correction = dispatcher.awaitWebhooks(org, 2).get(1);
        dispatcher.match(Samples.matched(
                audience, Samples.advisory().setPackageName("pkg-" + org).setRevision(withdrawn.plusSeconds(60))));
        dispatcher.awaitWebhooks(org, 3);

        // When
        dispatcher.settle(correction, DeliveryOutcome.FAILED);

        // Then
        untilTheLedgerIs(
                "address_confirmation email delivered -",
                "breach " + endpoint + " delivered -",
                "withdrawn " + endpoint + " failed the receiver answered 500",
                "breach " + endpoint + " pending -",
                "undelivered email suppressed told_again");
        assertEquals(1, dispatcher.mails(address).size());
    }

    @Test
    void tellsNothingThatAMailTold() {
        // Given
        dispatcher.withMail(org, "en", address);
        String endpoint = dispatcher.withEndpoint(org);
        dispatcher.ok(
                "PUT",
                "/v1/orgs/" + org + "/breach-notifications",
                dispatcher.owner(org),
                "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint + "\"},"
                        + "\"email\":{\"enabled\":true,\"address\":\"" + address + "\",\"language\":\"en\"}}");
        dispatcher.sinceLongAgo(org);
        dispatcher.match(match());

        // When
        dispatcher.settle(dispatcher.awaitWebhooks(org, 1).getFirst(), DeliveryOutcome.FAILED);

        // Then
        untilTheLedgerIs(
                "address_confirmation email delivered -",
                "breach " + endpoint + " failed the receiver answered 500",
                "breach email delivered -");
        assertEquals(2, dispatcher.mails(address).size());
    }

    @Test
    void tellsNobodyOfWhatArrivedOrWhereNoAddressIsConfirmed() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.match(match());
        dispatcher.match(match().setAdvisory(
                        Samples.advisory().setPackageName("other-" + org).build()));
        List<WebhookRequested> webhooks = dispatcher.awaitWebhooks(org, 2);

        // When
        dispatcher.settle(webhooks.get(0), DeliveryOutcome.FAILED);
        dispatcher.settle(webhooks.get(1), DeliveryOutcome.DELIVERED);

        // Then
        untilTheLedgerIs(
                "breach " + endpoint + " failed the receiver answered 500", "breach " + endpoint + " delivered -");
    }

    @Test
    void saysWhyInTheLedgerWithoutAnEntitlement() {
        // Given
        dispatcher.withAddress(org, "ja", address);
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.match(match());
        WebhookRequested webhook = dispatcher.awaitWebhooks(org, 1).getFirst();
        dispatcher.ok(
                "PUT", "/v1/orgs/" + org + "/entitlements", dispatcher.admin(), "{\"guard\":false,\"webhooks\":true}");

        // When
        dispatcher.settle(webhook, DeliveryOutcome.FAILED);

        // Then
        untilTheLedgerIs(
                "address_confirmation email delivered -",
                "breach " + endpoint + " failed the receiver answered 500",
                "undelivered email suppressed guard_not_entitled");
    }
}
