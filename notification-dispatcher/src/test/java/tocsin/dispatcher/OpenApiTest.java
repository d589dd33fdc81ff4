package tocsin.dispatcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.micronaut.context.BeanContext;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.OpenApi;

/** The service describes itself to whoever has a good token. */
class OpenApiTest {

    private final RunningDispatcher dispatcher = RunningDispatcher.shared();

    @Test
    void describesEveryRouteAndNothingElse() {
        // When
        HttpResponse<String> document = dispatcher.send(
                "GET",
                "/swagger/notification-dispatcher-v1.yml",
                dispatcher.token().sign(),
                "");

        // Then
        assertEquals(200, document.statusCode());
        assertEquals(List.of(), OpenApi.findings(dispatcher.bean(BeanContext.class), document.body()));
        // Who calls is no parameter of anybody's.
        assertFalse(document.body().contains("Caller"), document.body());
    }
}
