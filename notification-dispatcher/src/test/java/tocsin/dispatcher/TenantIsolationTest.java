package tocsin.dispatcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.BeanContext;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.TenantIsolation;

/** Nobody sees or changes what is another organisation's. */
class TenantIsolationTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();

    @Test
    void refusesEverybodyElseAtEveryRoute() {
        // Given an organisation with something to hide behind each route
        String org = RunningDispatcher.newOrg();
        String endpoint = dispatcher.withWebhook(org);
        String address = dispatcher.withMail(org, "en");
        dispatcher.match(
                Samples.matched("org:" + org, Samples.download("e1", "2026-04-15T08:30:00Z", Samples.human("u1"))));
        dispatcher.awaitMails(address, 2);

        // When
        List<String> findings = new TenantIsolation(
                        dispatcher.bean(BeanContext.class), URI.create(dispatcher.url()), dispatcher.issuer(), org)
                .open("GET /email-confirmations/{token}")
                .open("POST /email-confirmations/{token}")
                .open("GET /unsubscribe/{token}")
                .open("POST /unsubscribe/{token}")
                .allow("GET /v1/orgs/{org}/entitlements", "admin")
                .allow("PUT /v1/orgs/{org}/entitlements", "admin")
                .allow("POST /v1/orgs/{org}/events", "platform")
                .allow("GET /v1/event-types", "anybody")
                .id("address", address)
                .secret(address)
                .secret(endpoint)
                .secret("example-pkg")
                .findings();

        // Then
        assertEquals(List.of(), findings);
        assertTrue(dispatcher
                .ok("GET", "/v1/orgs/" + org + "/email-allowlist", dispatcher.owner(org), "")
                .contains(address));
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
                        "\"kind\":\"breach\",\"subject\":\"npm:example-pkg GHSA-aaaa-bbbb-cccc\",\"incident_id\":"),
                own);
        assertTrue(own.contains("\"destination\":\"" + endpoint + "\""), own);
        assertEquals("{\"notifications\":[]}", others);
    }
}
