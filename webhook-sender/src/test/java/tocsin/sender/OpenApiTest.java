package tocsin.sender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.BeanContext;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.OpenApi;

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
}
