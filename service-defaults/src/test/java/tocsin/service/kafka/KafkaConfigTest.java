package tocsin.service.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.MapPropertySource;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.junit.jupiter.api.Test;
import tocsin.service.MissingConfiguration;
import tocsin.service.sample.SampleService;

class KafkaConfigTest {

    @Test
    void takesEveryClientSettingByItsKafkaName() {
        // Given settings as files have them, and one more spelling that an environment variable may have meant
        Map<String, Object> settings = Map.of(
                "kafka.topic-prefix", "acme.",
                "kafka.client.sasl.mechanism", "PLAIN",
                "kafka.client.sasl.jaas.config", "hunter2",
                "kafka.client.sasl-mechanism", "PLAIN",
                "kafka.client.enable.auto.commit", true);
        try (SampleService service = SampleService.start(settings)) {
            // When
            KafkaConfig config = service.bean(KafkaConfig.class);
            KafkaClients clients = service.bean(KafkaClients.class);
            // Then
            assertEquals(
                    Map.of(
                            "sasl.mechanism",
                            "PLAIN",
                            "sasl.jaas.config",
                            "hunter2",
                            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                            "true"),
                    config.client());
            assertFalse(config.toString().contains("hunter2"));
            assertEquals("acme.thing.happened", clients.topic("thing.happened"));
            assertEquals("thing.happened", clients.unprefixed("acme.thing.happened"));
            assertEquals("hunter2", clients.baseProperties().get("sasl.jaas.config"));
        }
    }

    private static KafkaConfig fromEnvironment(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1",
                "TOCSIN_SECURITY_ISSUER", "https://issuer.example.org",
                "TOCSIN_SECURITY_AUDIENCE", "tocsin",
                "TOCSIN_SECURITY_JWKS_URL", "https://issuer.example.org/jwks.json"));
        all.putAll(variables);
        try (ApplicationContext context = ApplicationContext.builder()
                .environmentPropertySource(false)
                .propertySources(new Variables(all))
                .start()) {
            return context.getBean(KafkaConfig.class);
        }
    }

    @Test
    void needsNoMoreThanTheEnvironment() {
        assertEquals(KafkaConfig.plain("127.0.0.1:1"), fromEnvironment(Map.of()));
    }

    @Test
    void takesClientSettingsFromTheEnvironment() {
        assertEquals(
                new KafkaConfig("127.0.0.1:1", "acme.", Map.of("security.protocol", "SASL_SSL")),
                fromEnvironment(Map.of(
                        "KAFKA_TOPIC_PREFIX", "acme.",
                        "KAFKA_CLIENT_SECURITY_PROTOCOL", "SASL_SSL")));
    }

    @Test
    void namesTheSettingThatIsMissing() {
        MissingConfiguration missing =
                assertThrows(MissingConfiguration.class, () -> new KafkaConfig(null, "", Map.of()));
        assertEquals("kafka.bootstrap-servers is not set (environment: KAFKA_BOOTSTRAP_SERVERS)", missing.getMessage());
    }

    /** Variables as a process finds them. */
    private static final class Variables extends MapPropertySource {
        Variables(Map<String, String> variables) {
            super("environment", variables);
        }

        @Override
        public PropertyConvention getConvention() {
            return PropertyConvention.ENVIRONMENT_VARIABLE;
        }
    }
}
