package tocsin.sender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.BeanContext;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.HttpMethodMapping;
import io.micronaut.inject.BeanDefinition;
import io.micronaut.inject.qualifiers.Qualifiers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The service describes all its routes to whoever may ask. */
class OpenApiTest {

    private final SenderService sender = SenderService.shared();

    @Test
    void describesEveryRoute() {
        // When
        HttpResponse<String> answer = sender.call("GET", "/swagger/webhook-sender-v1.yml", "", "any", "owner");

        // Then
        assertEquals(200, answer.statusCode());
        List<String> paths =
                sender.part(BeanContext.class).getBeanDefinitions(Qualifiers.byStereotype(Controller.class)).stream()
                        .flatMap(OpenApiTest::paths)
                        .filter(path -> path.startsWith("/v1/"))
                        .distinct()
                        .sorted()
                        .toList();
        assertTrue(paths.contains("/v1/orgs/{org}/replays/{replay}/cancel"), paths.toString());
        assertEquals(
                List.of(),
                paths.stream()
                        .filter(path -> !answer.body().contains("\n  " + path + ":"))
                        .toList());
        assertFalse(answer.body().contains("Caller"), answer.body());
        assertTrue(answer.body().contains("        max_per_second:"), answer.body());
        assertFalse(answer.body().contains("eventTypes"), answer.body());
    }

    private static Stream<String> paths(BeanDefinition<?> controller) {
        String prefix = controller.stringValue(Controller.class).orElse("");
        return controller.getExecutableMethods().stream()
                .filter(method -> method.hasStereotype(HttpMethodMapping.class))
                .map(method -> method.stringValue(HttpMethodMapping.class).orElse("/"))
                .map(path -> path.equals("/") ? prefix : prefix + path);
    }
}
