package tocsin.dispatcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nobody sees or changes what is another organisation's. */
class TenantIsolationTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|/v1/orgs/acme/breach-notifications|''",
                "PUT|/v1/orgs/acme/breach-notifications|{}",
                "GET|/v1/orgs/acme/email-allowlist|''",
                "POST|/v1/orgs/acme/email-allowlist|{\"address\":\"a@example.com\"}",
                "GET|/v1/orgs/acme/notifications|''",
                "GET|/v1/orgs/acme/entitlements|''",
                "PUT|/v1/orgs/acme/entitlements|{\"guard\":true,\"webhooks\":true}",
            })
    void refusesEverybodyElse(String method, String path, String body) {
        // When / Then
        assertEquals(401, dispatcher.send(method, path, "", body).statusCode(), "no token");
        dispatcher
                .token()
                .org("acme", "owner")
                .spoilt()
                .forEach((how, token) -> assertEquals(
                        401, dispatcher.send(method, path, token, body).statusCode(), how));
        assertEquals(
                403,
                dispatcher.send(method, path, dispatcher.owner("other"), body).statusCode(),
                "another's owner");
        assertEquals(
                403,
                dispatcher
                        .send(
                                method,
                                path,
                                dispatcher.token().org("acme", "member").sign(),
                                body)
                        .statusCode(),
                "a member");
        assertEquals(
                403,
                dispatcher
                        .send(
                                method,
                                path,
                                dispatcher
                                        .token()
                                        .scope("proxy")
                                        .scope("feed")
                                        .scope("platform")
                                        .sign(),
                                body)
                        .statusCode(),
                "a machine");
    }

    @Test
    void letsAnOwnerNotEntitleHimself() {
        // When / Then
        assertEquals(
                403,
                dispatcher
                        .send("PUT", "/v1/orgs/acme/entitlements", dispatcher.owner("acme"), "{\"guard\":true}")
                        .statusCode());
    }

    @Test
    void showsAnOrganisationItsOwnNotificationsOnly() {
        // Given
        String org = RunningDispatcher.newOrg();
        String other = RunningDispatcher.newOrg();
        String endpoint = dispatcher.withWebhook(org);
        dispatcher.match(
                Samples.matched("org:" + org, Samples.download("e1", "2026-04-15T08:30:00Z", Samples.human("u1"))));
        dispatcher.awaitWebhooks(org, 1);

        // When
        String own = dispatcher.ok("GET", "/v1/orgs/" + org + "/notifications", dispatcher.owner(org), "");
        String others = dispatcher.ok("GET", "/v1/orgs/" + other + "/notifications", dispatcher.owner(other), "");

        // Then
        assertTrue(
                own.contains(
                        "\"kind\":\"breach\",\"subject\":\"npm:example-pkg GHSA-aaaa-bbbb-cccc\",\"destination\":\""
                                + endpoint + "\""),
                own);
        assertEquals("{\"notifications\":[]}", others);
    }
}
