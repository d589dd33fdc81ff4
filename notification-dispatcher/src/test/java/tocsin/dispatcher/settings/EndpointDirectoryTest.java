package tocsin.dispatcher.settings;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.dispatcher.RunningDispatcher;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.WebhookEndpoint;

class EndpointDirectoryTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();
    private final EndpointDirectory directory = dispatcher.bean(EndpointDirectory.class);

    @Test
    void followsAnEndpointFromOneOrganisationToAnotherAndAway() {
        // Given
        String first = RunningDispatcher.newOrg();
        String second = RunningDispatcher.newOrg();
        String endpoint = dispatcher.withEndpoint(first);
        String other = dispatcher.withEndpoint(first);

        // When / Then
        dispatcher.produce(
                Topics.WEBHOOK_ENDPOINT.name(),
                endpoint,
                MessageCodec.of(WebhookEndpoint.class)
                        .encode(WebhookEndpoint.newBuilder()
                                .setEndpointId(endpoint)
                                .setOrgId(second)
                                .setEnabled(true)
                                .setEventTypes(List.of())
                                .build()));
        await().atMost(RunningDispatcher.SOON).until(() -> ids(second).equals(List.of(endpoint)));
        assertEquals(List.of(other), ids(first));

        // When / Then
        dispatcher.remove(Topics.WEBHOOK_ENDPOINT.name(), endpoint);
        await().atMost(RunningDispatcher.SOON).until(() -> ids(second).isEmpty());
        assertEquals(List.of(other), ids(first));
    }

    private List<String> ids(String org) {
        return directory.of(org).stream().map(WebhookEndpoint::getEndpointId).toList();
    }
}
