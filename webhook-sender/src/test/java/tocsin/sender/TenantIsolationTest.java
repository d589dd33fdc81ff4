package tocsin.sender;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Nobody sees or changes what is another organisation's. */
class TenantIsolationTest {

    private final SenderService sender = SenderService.shared();

    @Test
    void refusesEverybodyElseAtEveryRoute() {
        // Given
        SenderService.Registered endpoint =
                sender.register(SenderService.newOrg(), "https://hooks.example.com/hidden-path");

        // When
        List<String> findings = sender.isolation(endpoint.org())
                .id("id", endpoint.id())
                .open("GET /v1/orgs/{org}/webhook-endpoints/{id}/public-key")
                .body(
                        "POST /v1/orgs/{org}/replays",
                        "{\"endpoint_id\":\"" + endpoint.id() + "\",\"since\":\"2026-01-01T00:00:00Z\"}")
                .secret(endpoint.id())
                .secret(endpoint.secret())
                .secret("hidden-path")
                .findings();

        // Then
        assertEquals(List.of(), findings);
        assertEquals(200, sender.call("GET", endpoint.path(), "").statusCode());
    }
}
