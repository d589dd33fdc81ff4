package tocsin.sender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.BeanContext;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.OpenApi;
import tocsin.testsupport.RequestBodies;

/** The service describes all its routes to whoever may ask. */
class OpenApiTest {

    private final SenderService sender = SenderService.shared();

    @Test
    void describesEveryRouteAndNothingElse() {
        // When
        HttpResponse<String> answer = sender.call("GET", "/swagger/webhook-sender-v1.yml", "", "any", "owner");

        // Then
        assertEquals(200, answer.statusCode());
        assertEquals(List.of(), OpenApi.findings(sender.part(BeanContext.class), answer.body()));
        assertFalse(answer.body().contains("Caller"), answer.body());
        assertTrue(answer.body().contains("        max_per_second:"), answer.body());
        assertFalse(answer.body().contains("eventTypes"), answer.body());
    }

    @Test
    void saysWhatBodiesMustHave() {
        // Given
        String description = sender.call("GET", "/swagger/webhook-sender-v1.yml", "", "any", "owner")
                .body();
        Registered endpoint = sender.register(SenderService.newOrg(), "https://hooks.example.com/tocsin");
        String whole = """
                {"url": "https://hooks.example.com/tocsin", "description": "on call", "event_types": ["key.revoked"], "format": "standard",
                 "thin": true, "headers": {"X-Team": "a"}, "max_per_second": 10}""";
        String owner = sender.owner(endpoint.org());

        // When
        List<String> findings = new RequestBodies(sender.url(), description)
                .id("org", endpoint.org())
                .id("id", endpoint.id())
                .takes("POST /v1/orgs/{org}/webhook-endpoints", owner, whole)
                .takes("PATCH /v1/orgs/{org}/webhook-endpoints/{id}", owner, whole)
                .takes("POST /v1/orgs/{org}/webhook-endpoints/{id}/enable", owner, """
                        {"drain": "newest_first"}""")
                .takes("POST /v1/orgs/{org}/webhook-endpoints/{id}/rotate-secret", owner, """
                        {"revoke_old": true}""")
                .takes("POST /v1/orgs/{org}/replays", owner, """
                        {"endpoint_id": "%s", "since": "2026-04-01T00:00:00Z", "until": "2026-04-02T00:00:00Z", "status": ["failed"],
                         "type": "key.revoked", "per_second": 1, "dry_run": true}""".formatted(endpoint.id()))
                .findings();

        // Then
        assertEquals(List.of(), findings);
    }
}
