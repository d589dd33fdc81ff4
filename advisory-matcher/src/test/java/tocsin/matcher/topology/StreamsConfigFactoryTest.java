package tocsin.matcher.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.KafkaConfig;

class StreamsConfigFactoryTest {

    @Test
    void whoRunsTheClusterSetsWaitsAndSizes() {
        // When
        StreamsConfig config = config("linger.ms", "50");

        // Then
        assertEquals("50", config.getProducerConfigs("producer").get("linger.ms"));
    }

    /** Each would lose advisories, downloads or matches, or their order. */
    @ParameterizedTest
    @CsvSource({
        "auto.offset.reset, latest, earliest",
        "main.consumer.auto.offset.reset, latest, earliest",
        "isolation.level, read_uncommitted, read_committed",
        "enable.auto.commit, true, false",
    })
    void nobodySetsWhatIsReadAnotherWay(String key, String value, String stays) {
        // When
        Map<String, Object> consumer = config(key, value).getMainConsumerConfigs("group", "client", 0);

        // Then
        assertEquals(stays, String.valueOf(consumer.get(key.replace("main.consumer.", ""))));
    }

    @ParameterizedTest
    @CsvSource({
        "acks, 1, all",
        "producer.acks, 0, all",
        "enable.idempotence, false, true",
        "partitioner.ignore.keys, true, null",
    })
    void nobodySetsWhatIsWrittenAnotherWay(String key, String value, String stays) {
        // When
        Map<String, Object> producer = config(key, value).getProducerConfigs("client");

        // Then
        assertEquals(stays, String.valueOf(producer.get(key.replace("producer.", ""))));
    }

    @ParameterizedTest
    @CsvSource({
        "processing.guarantee, exactly_once_v2, at_least_once",
        "processing.exception.handler, org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler,"
                + " class org.apache.kafka.streams.errors.LogAndFailProcessingExceptionHandler",
        "production.exception.handler, tocsin.NoSuchHandler,"
                + " class org.apache.kafka.streams.errors.DefaultProductionExceptionHandler",
    })
    void nobodySetsWhatIsDoneOfAFault(String key, String value, String stays) {
        // When
        StreamsConfig config = config(key, value);

        // Then
        assertEquals(stays, String.valueOf(config.values().get(key)));
    }

    private static StreamsConfig config(String key, String value) {
        return StreamsConfigFactory.of(
                KafkaClients.of(new KafkaConfig("127.0.0.1:1", "", Map.of(key, value))),
                new MatcherConfiguration(
                        Path.of("state"),
                        "advisory-matcher",
                        1,
                        Duration.ofSeconds(1),
                        Duration.ofDays(7),
                        Duration.ofMillis(10),
                        64L * 1024 * 1024,
                        10,
                        Duration.ofSeconds(10)));
    }
}
