package tocsin.dispatcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.micronaut.context.BeanContext;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.OpenApi;
import tocsin.testsupport.RequestBodies;

/** The service describes itself to whoever has a good token. */
class OpenApiTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();

    @Test
    void describesEveryRouteAndNothingElse() {
        // When
        HttpResponse<String> document = description();

        // Then
        assertEquals(200, document.statusCode());
        assertEquals(List.of(), OpenApi.findings(dispatcher.bean(BeanContext.class), document.body()));
        // Who calls is no parameter of anybody's.
        assertFalse(document.body().contains("Caller"), document.body());
    }

    @Test
    void saysWhatBodiesMustHave() {
        // Given
        String org = RunningDispatcher.newOrg();
        String endpoint = dispatcher.withWebhookAndMail(org);

        // When
        List<String> findings = new RequestBodies(
                        URI.create(dispatcher.url()), description().body())
                .id("org", org)
                .takes(
                        "PUT /v1/orgs/{org}/breach-notifications",
                        dispatcher.owner(org),
                        """
                        {"webhook": {"enabled": true, "endpoint_id": "%s"}, "minimum_severity": "high",
                         "email": {"enabled": true, "address": "%s@example.com", "language": "ja"}}""".formatted(endpoint, org),
                        """
                        {"webhook": {"enabled": false}, "email": {"enabled": false}}""")
                .takes("POST /v1/orgs/{org}/email-allowlist", dispatcher.owner(org), """
                        {"address": "other-%s@example.com", "language": "ja"}""".formatted(org))
                .takes("POST /v1/orgs/{org}/events", dispatcher.platform(), """
                        {"event_id": "e1", "type": "api.workflow_run.exited", "occurred_at": "2026-04-17T10:00:00Z",
                         "data": {"workflow_id": "nightly", "workflow_run_id": "TWR1"}, "webhook_endpoint_ids": ["%s"]}""".formatted(endpoint))
                .takes("PUT /v1/orgs/{org}/entitlements", dispatcher.admin(), """
                        {"guard": true, "webhooks": true}""")
                .findings();

        // Then
        assertEquals(List.of(), findings);
    }

    private HttpResponse<String> description() {
        return dispatcher.send(
                "GET",
                "/swagger/notification-dispatcher-v1.yml",
                dispatcher.token().sign(),
                "");
    }
}
