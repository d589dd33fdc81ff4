package tocsin.dispatcher.dispatch;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.schemas.avro.DeliveryOutcome;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.testsupport.CaughtMail;

/** A drill goes the way of a real notice, says in every part what it is, and leaves no memory. */
class DrillTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();
    private final String path = "/v1/orgs/" + org + "/drill";

    private HttpResponse<String> drill() {
        return dispatcher.send("POST", path, dispatcher.owner(org), "");
    }

    @Test
    void goesToTheRealDestinationsMarkedInEveryPart() {
        // Given
        String address = dispatcher.withMail(org, "en");
        String endpoint = dispatcher.withEndpoint(org);
        dispatcher.ok(
                "PUT",
                "/v1/orgs/" + org + "/breach-notifications",
                dispatcher.owner(org),
                "{\"webhook\":{\"enabled\":true,\"endpoint_id\":\"" + endpoint
                        + "\"},\"minimum_severity\":\"critical\"," + "\"email\":{\"enabled\":true,\"address\":\""
                        + address + "\",\"language\":\"en\"}}");

        // When
        HttpResponse<String> answer = drill();

        // Then
        assertEquals(202, answer.statusCode(), answer.body());
        assertTrue(
                answer.body().contains("{\"destination\":\"" + endpoint + "\",\"state\":\"pending\"}"), answer.body());
        WebhookRequested webhook = dispatcher.awaitWebhooks(org, 1).getFirst();
        assertEquals("guard.malicious_package_detected", webhook.getType());
        assertTrue(webhook.getData().contains("\"advisory_id\":\"DRILL-"), webhook.getData());
        assertTrue(webhook.getData().contains("\"reason\":\"This is a drill."), webhook.getData());
        assertTrue(webhook.getData().contains("\"drill\":true"), webhook.getData());
        CaughtMail mail = dispatcher.awaitMails(address, 2).get(1);
        assertTrue(mail.subject().startsWith("[DRILL] [critical] tocsin-drill@0.0.0-drill"), mail.subject());
        String text = mail.text().orElseThrow();
        assertTrue(text.contains("THIS IS A DRILL."), text);
        // The first line, which mail programs show in their lists, the name, each heading and the last line.
        assertTrue(text.startsWith("[DRILL] MALICIOUS PACKAGE DOWNLOADED"), text);
        assertEquals(10, Pattern.compile("\\[DRILL]").matcher(text).results().count(), text);
        assertEquals(
                10,
                Pattern.compile("\\[DRILL]")
                        .matcher(mail.html().orElseThrow())
                        .results()
                        .count());
        dispatcher.settle(webhook, DeliveryOutcome.DELIVERED);
        await().atMost(RunningDispatcher.SOON)
                .until(() -> dispatcher
                        .ledger(org)
                        .containsAll(List.of("drill " + endpoint + " delivered -", "drill email delivered -")));
        assertEquals(
                List.of(),
                dispatcher.rows(
                        "select 1 from notification_dispatcher.told_incident where audience = ?", "org:" + org));
    }

    @Test
    void refusesASecondOneAtOnce() {
        // Given
        dispatcher.withWebhook(org);

        // When / Then
        assertEquals(202, drill().statusCode());
        assertEquals(429, drill().statusCode());
        assertEquals(1, dispatcher.awaitWebhooks(org, 1).size());
    }

    @Test
    void saysThatNobodyWouldHearAnything() {
        assertEquals(409, drill().statusCode());
    }

    @Test
    void tellsByMailThatItsWebhookDidNotArrive() {
        // Given
        String address = org + "@example.com";
        dispatcher.withAddress(org, "ja", address);
        String endpoint = dispatcher.withWebhook(org);
        drill();

        // When
        dispatcher.settle(dispatcher.awaitWebhooks(org, 1).getFirst(), DeliveryOutcome.FAILED);

        // Then
        CaughtMail mail = dispatcher.awaitMails(address, 2).get(1);
        assertTrue(mail.subject().startsWith("【訓練】"), mail.subject());
        await().atMost(RunningDispatcher.SOON)
                .until(() ->
                        dispatcher.ledger(org).contains("drill " + endpoint + " failed the receiver answered 500"));
    }

    @Test
    void keepsToEntitlements() {
        // Given
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.ok(
                "PUT", "/v1/orgs/" + org + "/entitlements", dispatcher.admin(), "{\"guard\":false,\"webhooks\":true}");

        // When
        HttpResponse<String> answer = drill();

        // Then
        assertTrue(
                answer.body()
                        .contains("{\"destination\":\"" + endpoint
                                + "\",\"state\":\"suppressed\",\"reason\":\"guard_not_entitled\"}"),
                answer.body());
    }
}
