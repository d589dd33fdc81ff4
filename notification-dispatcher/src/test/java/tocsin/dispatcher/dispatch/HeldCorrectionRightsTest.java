package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.schemas.avro.DeliveryOutcome;

/** A correction that waited goes by the rights of when it is let go, not of when it was decided on. */
class HeldCorrectionRightsTest {

    private static final String HELD = """
            select 1 from notification_dispatcher.kept_notice k join notification_dispatcher.notification n using (notification_id)
            where n.audience = ? and n.kind = 'withdrawn' and k.held
            """;

    private final RunningDispatcher dispatcher = OneIncident.dispatcher();
    private final String org = RunningDispatcher.newOrg();
    private final String audience = "org:" + org;
    private final OneIncident incident = new OneIncident(org);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PUT    | /entitlements                | {"guard":false,"webhooks":true}              | suppressed guard_not_entitled
            DELETE | /email-allowlist/ADDRESS     | ''                                           | suppressed address_removed
            PUT    | /breach-notifications        | {"email":{"enabled":false,"language":"en"}}  | delivered -
            """)
    void asksForTheRightsOfItsMailWhenItIsLetGo(String method, String path, String body, String end) {
        // Given
        String address = dispatcher.withMail(org, "en");
        incident.tellByADigestThatIsOnItsWay(address);
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
                .until(() -> dispatcher.rows(HELD, audience).isEmpty());
        int asked = end.startsWith("pending") ? 2 : 1;
        assertEquals(asked, dispatcher.awaitWebhooks(org, asked).size());
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
}
