package tocsin.sender.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static tocsin.sender.SenderService.json;
import static tocsin.sender.SenderService.newOrg;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.schemas.avro.WebhookRequested;
import tocsin.sender.SenderService;
import tocsin.sender.SenderService.Registered;
import tocsin.testsupport.WebhookReceiver;

/** The deliveries of one endpoint, as its owner turns the pages. */
class DeliveryPagesTest {

    private final SenderService sender = SenderService.shared();

    @Test
    void showsDeliveriesPageByPageTheNewestFirst() {
        try (WebhookReceiver receiver = sender.receiver(200)) {
            // Given
            Registered endpoint = sender.register(newOrg(), receiver.url());
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                WebhookRequested request = SenderService.request(endpoint).build();
                sender.request(request);
                sender.settled(request);
                sent.add(request.getWebhookId());
            }

            // When
            List<String> shown = new ArrayList<>();
            String cursor = "";
            do {
                JsonNode page = json(sender.call("GET", endpoint.path() + "/deliveries?limit=2" + cursor, ""));
                page.get("deliveries")
                        .forEach(it -> shown.add(it.get("webhook_id").asText()));
                cursor = page.has("next_cursor")
                        ? "&cursor=" + page.get("next_cursor").asText()
                        : "";
            } while (!cursor.isEmpty());

            // Then
            assertEquals(sent.reversed(), shown);
            assertEquals(
                    400,
                    sender.call("GET", endpoint.path() + "/deliveries?cursor=!", "")
                            .statusCode());
            assertEquals(
                    400,
                    sender.call("GET", endpoint.path() + "/deliveries?limit=101", "")
                            .statusCode());
        }
    }
}
