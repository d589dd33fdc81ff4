package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.PendingRequests;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.dispatcher.Samples;
import tocsin.dispatcher.incident.IncidentRepository;
import tocsin.dispatcher.ledger.Notification;
import tocsin.dispatcher.store.SqlClient;
import tocsin.schemas.Audience;
import tocsin.schemas.avro.AdvisoryAccepted;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.CaughtMail;

/** A correction never comes before what it takes back has ended at the same destination, and goes only if that arrived and is void still. */
class HeldCorrectionsTest {

    private static final String KEPT = """
            select k.match::text, k.held::text from notification_dispatcher.kept_notice k
            join notification_dispatcher.notification n using (notification_id) where n.audience = ? and n.kind = 'withdrawn'
            """;
    private static final String UNREADABLE = """
            update notification_dispatcher.kept_notice k set match = '\\x010203' from notification_dispatcher.notification n
            where n.notification_id = k.notification_id and n.audience = ? and n.kind = 'withdrawn'
            """;

    private final RunningDispatcher dispatcher = OneIncident.dispatcher();
    private final String org = RunningDispatcher.newOrg();
    private final String audience = "org:" + org;
    private final OneIncident incident = new OneIncident(org);

    @Test
    void waitsUntilWhatItCorrectsHasEndedThere() {
        // Given a webhook that is still tried
        String endpoint = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);

        // When
        incident.withdraw(2);
        incident.match(incident.advisory(1).setPackageName("marker-" + org), OneIncident.download(2, "1.0.0"));
        List<WebhookRequested> meanwhile = dispatcher.awaitWebhooks(org, 2);
        incident.settle(0, DeliveryOutcome.DELIVERED);

        // Then
        assertEquals(
                List.of("guard.malicious_package_detected", "guard.malicious_package_detected"),
                meanwhile.stream().map(WebhookRequested::getType).toList());
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(org, 3).getLast().getType());
        assertEquals(
                List.of(
                        "breach " + endpoint + " delivered -",
                        "breach " + endpoint + " pending -",
                        "withdrawn " + endpoint + " pending -"),
                dispatcher.ledger(org).stream().sorted().toList());
    }

    @Test
    void holdsUpNoOthersWithOneThatCannotBeRead() {
        // Given two corrections that wait
        dispatcher.withWebhook(org);
        String other = RunningDispatcher.newOrg();
        dispatcher.withWebhook(other);
        OneIncident second = new OneIncident(other);
        for (OneIncident each : List.of(incident, second)) {
            each.match(each.advisory(1), OneIncident.download(1, "1.0.0"));
        }
        dispatcher.awaitWebhooks(org, 1);
        dispatcher.awaitWebhooks(other, 1);
        for (OneIncident each : List.of(incident, second)) {
            each.withdraw(2);
            each.untilTakenBack();
        }
        List<String> match = dispatcher.rows(KEPT, audience);
        dispatcher.update(UNREADABLE, audience);

        // When what they correct has arrived
        incident.settle(0, DeliveryOutcome.DELIVERED);
        dispatcher.settle(dispatcher.webhooks(other).getFirst(), DeliveryOutcome.DELIVERED);

        // Then the one waits on, behind the others
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(other, 2).getLast().getType());
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .rows(KEPT + " and asked_at > occurred_at + interval '4 minutes'", audience)
                        .equals(List.of("\\x010203 true")));

        // When it can be read, at the next look
        dispatcher.update(
                UNREADABLE
                        .replace("set match", "set asked_at = now() - interval '1 minute', match")
                        .replace("'\\x010203'", "'" + match.getFirst().replace(" true", "") + "'"),
                audience);

        // Then
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(org, 2).getLast().getType());
    }

    @Test
    void doesNotTakeBackWhatRangAnewWhileItWaited() {
        // Given a webhook that is still tried when it is withdrawn, and found to be right after all
        String endpoint = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);
        incident.withdraw(2);
        incident.untilTakenBack();
        incident.match(incident.advisory(3), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 2);

        // When
        incident.settle(0, DeliveryOutcome.DELIVERED);

        // Then
        await().atMost(RunningDispatcher.SOON)
                .untilAsserted(() -> assertEquals(
                        List.of(
                                "breach " + endpoint + " delivered -",
                                "withdrawn " + endpoint + " suppressed told_again",
                                "breach " + endpoint + " pending -"),
                        dispatcher.ledger(org)));

        // When the second one never arrives, and it is withdrawn once more
        dispatcher.settle(dispatcher.webhooks(org).get(1), DeliveryOutcome.FAILED);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.ledger(org).getLast().contains("failed"));
        incident.withdraw(4);

        // Then who believes the first one is corrected
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(org, 3).getLast().getType());
    }

    @Test
    void waitsForAMailThatTellsOfOthersTooAndIsOnItsWay() {
        // Given
        String address = dispatcher.withMail(org, "en");
        PendingRequests pending = tellByADigestThatIsOnItsWay(address);

        // When
        incident.withdraw(2);
        incident.untilTakenBack();
        int meanwhile = dispatcher.mails(address).size();
        pending.aDayPasses();
        dispatcher.bean(RepairProcessor.class).askAgain();

        // Then
        List<CaughtMail> mails = dispatcher.awaitMails(address, 4);
        assertEquals(2, meanwhile);
        assertEquals("Subject", mails.get(2).subject());
        assertTrue(
                mails.get(3).subject().startsWith("[withdrawn]"), mails.get(3).subject());
    }

    private PendingRequests tellByADigestThatIsOnItsWay(String address) {
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        incident.untilDelivered("breach");
        // As if its server had not taken it yet.
        PendingRequests pending = new PendingRequests(dispatcher, org);
        UUID digest = pending.keepMail(Notification.Kind.DIGEST, address);
        dispatcher.update(
                "update notification_dispatcher.ledger l set state = 'pending', carried_by = '" + digest
                        + "' from notification_dispatcher.notification n"
                        + " where n.notification_id = l.notification_id and n.kind = 'breach' and n.audience = ?",
                audience);
        return pending;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PUT    | /entitlements                | {"guard":false,"webhooks":true}              | suppressed guard_not_entitled
            DELETE | /email-allowlist/ADDRESS     | ''                                           | suppressed address_removed
            PUT    | /breach-notifications        | {"email":{"enabled":false,"language":"en"}}  | delivered -
            """)
    void asksForTheRightsOfItsMailWhenItIsLetGo(String method, String path, String body, String end) {
        // Given
        String address = dispatcher.withMail(org, "en");
        tellByADigestThatIsOnItsWay(address);
        incident.withdraw(2);
        incident.untilTakenBack();

        // When
        dispatcher.ok(
                method,
                "/v1/orgs/" + org + path.replace("ADDRESS", address),
                path.equals("/entitlements") ? dispatcher.admin() : dispatcher.owner(org),
                body);
        dispatcher.update(
                "update notification_dispatcher.ledger l set state = 'delivered' from notification_dispatcher.notification n"
                        + " where n.notification_id = l.notification_id and n.kind in ('breach', 'digest') and n.audience = ?",
                audience);

        // Then
        await().atMost(RunningDispatcher.SOON)
                .untilAsserted(() -> assertEquals(
                        List.of("breach email delivered -", "digest email delivered -", "withdrawn email " + end),
                        dispatcher.ledger(org).stream()
                                .filter(it -> !it.startsWith("address_confirmation"))
                                .sorted()
                                .toList()));
    }

    /** Instances whose clocks differ write times in another order than things happened. */
    @Test
    void waitsForWhatItTakesBackWhateverTheClocksSay() {
        // Given
        dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);
        dispatcher.update(
                "update notification_dispatcher.notification set created_at = created_at + interval '1 hour' where audience = ?",
                audience);

        // When
        incident.withdraw(2);
        incident.match(incident.advisory(1).setPackageName("marker-" + org), OneIncident.download(2, "1.0.0"));
        dispatcher.awaitWebhooks(org, 2);
        dispatcher.bean(CorrectionProcessor.class).doDue();
        List<WebhookRequested> meanwhile = dispatcher.webhooks(org);
        incident.settle(0, DeliveryOutcome.DELIVERED);

        // Then
        assertEquals(2, meanwhile.size());
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(org, 3).getLast().getType());
    }

    @Test
    void takesBackNothingOfAnIncidentThatBecameOneWithItsOwn() {
        // Given an incident that is taken back while its webhook is still tried, and another one of the same package
        String endpoint = dispatcher.withWebhook(org);
        AdvisoryAccepted.Builder other =
                incident.advisory(1).setAdvisoryId("MAL-2").setAliases(List.of("MAL-3"));
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        incident.match(other, OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 2);
        incident.withdraw(2);
        incident.untilTakenBack();

        // When they become one by what nobody here is told of, the other one is taken back, too, and only that arrived
        dispatcher.match(Samples.matched(
                "org:nobody-" + org,
                incident.advisory(3).setWithdrawnAt(OneIncident.revision(3)).setAliases(List.of("MAL-2")),
                List.of()));
        incident.match(
                other.setRevision(OneIncident.revision(3)).setWithdrawnAt(OneIncident.revision(3)),
                OneIncident.download(1, "1.0.0"));
        await().atMost(RunningDispatcher.SOON).until(() -> Collections.frequency(incident.kinds(), "withdrawn") == 2);
        incident.settle(1, DeliveryOutcome.DELIVERED);
        WebhookRequested correction = dispatcher.awaitWebhooks(org, 3).getLast();
        incident.settle(0, DeliveryOutcome.FAILED);

        // Then
        assertTrue(
                correction.getData().contains(dispatcher.webhooks(org).get(1).getNotificationId()),
                correction.getData());
        await().atMost(RunningDispatcher.SOON)
                .untilAsserted(() -> assertEquals(
                        List.of(
                                "breach " + endpoint + " failed the receiver answered 500",
                                "breach " + endpoint + " delivered -",
                                "withdrawn " + endpoint + " suppressed not_told",
                                "withdrawn " + endpoint + " pending -"),
                        dispatcher.ledger(org)));
        assertEquals(3, dispatcher.webhooks(org).size());
    }

    @ParameterizedTest
    @CsvSource({
        // guard, webhooks -> how the correction ends
        "true,  true,  pending -",
        "false, true,  suppressed guard_not_entitled",
        "true,  false, suppressed webhooks_not_entitled",
    })
    void asksForItsRightsWhenItIsLetGo(boolean guard, boolean webhooks, String end) {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);
        incident.withdraw(2);
        incident.untilTakenBack();

        // When
        dispatcher.ok(
                "PUT",
                "/v1/orgs/" + org + "/entitlements",
                dispatcher.admin(),
                "{\"guard\":" + guard + ",\"webhooks\":" + webhooks + "}");
        incident.settle(0, DeliveryOutcome.DELIVERED);

        // Then
        await().atMost(RunningDispatcher.SOON)
                .untilAsserted(() -> assertEquals(
                        List.of("breach " + endpoint + " delivered -", "withdrawn " + endpoint + " " + end),
                        dispatcher.ledger(org)));
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher.rows(KEPT + " and k.held", audience).isEmpty());
        int asked = end.startsWith("pending") ? 2 : 1;
        assertEquals(asked, dispatcher.awaitWebhooks(org, asked).size());
    }

    /** As instances do that share a database. */
    @Test
    void goesOnceAlthoughSeveralLetItGo() throws Exception {
        // Given a correction that need not wait any more, which nobody can decide on yet
        dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);
        incident.withdraw(2);
        incident.untilTakenBack();
        CorrectionProcessor processor = dispatcher.bean(CorrectionProcessor.class);
        SqlClient sql = dispatcher.bean(SqlClient.class);

        // When
        try (ExecutorService instances = Executors.newFixedThreadPool(2)) {
            List<Future<Boolean>> looks = new ArrayList<>();
            sql.inTransaction(() -> {
                dispatcher.bean(IncidentRepository.class).lock(new Audience.Organisation(org));
                incident.settle(0, DeliveryOutcome.DELIVERED);
                await().atMost(RunningDispatcher.SOON)
                        .until(() -> dispatcher.ledger(org).getFirst().contains("delivered"));
                looks.add(instances.submit(processor::doDue));
                looks.add(instances.submit(processor::doDue));
                // With the one that looks by itself.
                dispatcher.awaitWaiting(3);
            });
            for (Future<Boolean> look : looks) {
                look.get();
            }
        }

        // Then
        incident.match(incident.advisory(1).setPackageName("marker-" + org), OneIncident.download(2, "1.0.0"));
        dispatcher.awaitWebhooks(org, 3);
        assertEquals(
                List.of(
                        "guard.malicious_package_detected",
                        "guard.advisory_withdrawn",
                        "guard.malicious_package_detected"),
                dispatcher.webhooks(org).stream().map(WebhookRequested::getType).toList());
    }

    @ParameterizedTest
    @CsvSource({"DELIVERED, FAILED", "FAILED, DELIVERED"})
    void goesByTheRightsOfWhenWhatItTakesBackArrives(DeliveryOutcome first, DeliveryOutcome then) {
        // Given a webhook that is taken back while there are no rights to say so
        dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);
        boolean arrivesAtOnce = first == DeliveryOutcome.DELIVERED;
        if (!arrivesAtOnce) {
            incident.settle(0, first);
            await().atMost(RunningDispatcher.SOON)
                    .until(() -> dispatcher.ledger(org).getFirst().contains("failed"));
        }
        entitle(false);
        incident.withdraw(2);
        incident.untilTakenBack();

        // When it arrives, or is sent again by a person, once there are
        entitle(true);
        incident.settle(0, arrivesAtOnce ? first : then);

        // Then
        assertEquals(
                "guard.advisory_withdrawn",
                dispatcher.awaitWebhooks(org, 2).getLast().getType());
    }

    private void entitle(boolean webhooks) {
        dispatcher.ok(
                "PUT",
                "/v1/orgs/" + org + "/entitlements",
                dispatcher.admin(),
                "{\"guard\":true,\"webhooks\":" + webhooks + "}");
    }

    /** Two instances read that it need not wait; one lets it go, and the incident rings anew before the other's turn comes. */
    @Test
    void isNotTakenBackBySomebodyElseOnceItIsOnItsWay() throws Exception {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        incident.match(incident.advisory(1), OneIncident.download(1, "1.0.0"));
        dispatcher.awaitWebhooks(org, 1);
        incident.withdraw(2);
        incident.untilTakenBack();
        CorrectionProcessor processor = dispatcher.bean(CorrectionProcessor.class);

        // When
        try (ExecutorService others = Executors.newFixedThreadPool(1)) {
            List<Future<Boolean>> looks = new ArrayList<>();
            dispatcher.bean(SqlClient.class).inTransaction(() -> {
                dispatcher.bean(IncidentRepository.class).lock(new Audience.Organisation(org));
                incident.settle(0, DeliveryOutcome.DELIVERED);
                // The one that looks by itself, then the match, then another: each gets the lock in its turn.
                dispatcher.awaitWaiting(1);
                incident.match(incident.advisory(3), OneIncident.download(2, "1.0.0"));
                dispatcher.awaitWaiting(2);
                looks.add(others.submit(processor::doDue));
                dispatcher.awaitWaiting(3);
            });
            looks.getFirst().get();
        }

        // Then
        await().atMost(RunningDispatcher.SOON)
                .untilAsserted(() -> assertEquals(
                        List.of(
                                "breach " + endpoint + " delivered -",
                                "breach " + endpoint + " pending -",
                                "withdrawn " + endpoint + " pending -"),
                        dispatcher.ledger(org).stream().sorted().toList()));
    }
}
