package tocsin.dispatcher.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;

/** Each change of what an organisation is told leaves a line that its owners can read. */
class AuditTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final String org = RunningDispatcher.newOrg();
    private final String path = "/v1/orgs/" + org + "/audit";

    private String read(String query) {
        return dispatcher.ok("GET", path + query, dispatcher.owner(org), "");
    }

    private static List<String> changes(String answer) {
        return Pattern.compile("\"who\":\"([^\"]*)\",\"what\":\"([^\"]*)\",\"detail\":(\\{[^}]*})")
                .matcher(answer)
                .results()
                .map(it -> it.group(1) + " " + it.group(2) + " " + it.group(3))
                .toList();
    }

    @Test
    void tellsWhoChangedWhatAndToWhat() {
        // Given
        String address = dispatcher.withMail(org, "ja");

        // When
        dispatcher.ok("DELETE", "/v1/orgs/" + org + "/email-allowlist/" + address, dispatcher.owner(org), "");
        String answer = read("");

        // Then
        String masked = "\"" + address.charAt(0) + "…@example.com\"";
        assertEquals(
                List.of(
                        "owner address.removed {\"address\":" + masked + "}",
                        "owner settings.changed {\"webhook_enabled\":false,\"email_enabled\":false,\"email_language\":\"ja\"}",
                        "owner settings.changed {\"webhook_enabled\":false,\"email_enabled\":true,\"email_address\":"
                                + masked + ",\"email_language\":\"ja\"}",
                        "(link) address.confirmed {\"address\":" + masked + "}",
                        "owner address.requested {\"address\":" + masked + "}",
                        "admin entitlements.changed {guard,webhooks}"),
                changes(answer).stream()
                        .map(it -> it.replaceAll(
                                "entitlements.changed .*true.*true.*", "entitlements.changed {guard,webhooks}"))
                        .toList());
        assertFalse(answer.contains(address), answer);
    }

    @Test
    void comesInPages() {
        // Given
        dispatcher.entitle(org);
        dispatcher.withWebhook(org);

        // When
        String first = read("?limit=2");
        var cursor = Pattern.compile("\"next_cursor\":(\\d+)").matcher(first);
        cursor.find();
        String second = read("?limit=2&cursor=" + cursor.group(1));

        // Then
        assertEquals(2, changes(first).size());
        assertEquals(1, changes(second).size());
        assertFalse(second.contains("next_cursor"), second);
    }

    @Test
    void isForOwnersOnly() {
        String manager =
                dispatcher.issuer().token("manager").org(org, "manager").sign();
        assertEquals(403, dispatcher.send("GET", path, manager, "").statusCode());
        assertEquals(
                400,
                dispatcher
                        .send("GET", path + "?limit=0", dispatcher.owner(org), "")
                        .statusCode());
    }
}
