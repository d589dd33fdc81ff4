package tocsin.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micronaut.context.env.Environment;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tocsin.service.sample.SampleService;

class SharedDefaultsTest {

    @Test
    void holdWhereNothingElseIsSaid() {
        // Given a file that says one thing and a property that says another
        try (SampleService service = SampleService.start(Map.of("micronaut.server.read-idle-timeout", "31s"))) {
            // When
            Environment environment = service.bean(Environment.class);
            // Then
            assertEquals("61s", environment.getRequiredProperty("micronaut.server.idle-timeout", String.class));
            assertEquals("31s", environment.getRequiredProperty("micronaut.server.read-idle-timeout", String.class));
            assertEquals(
                    "BLOCKING", environment.getRequiredProperty("micronaut.server.thread-selection", String.class));
        }
    }
}
