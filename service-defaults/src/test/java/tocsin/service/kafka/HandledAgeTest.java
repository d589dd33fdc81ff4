package tocsin.service.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.MovableClock;

/** How long records wait is told by the one of a batch that waited longest. */
class HandledAgeTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final KafkaClients clients =
            new KafkaClients(new KafkaConfig("127.0.0.1:1", "a.", Map.of()), registry, MovableClock.at(NOW));

    @Test
    void isThatOfTheEldestOfEachTopic() {
        // When
        clients.handled(
                "group",
                List.of(
                        record("a.one", NOW.minusSeconds(3)),
                        record("a.one", NOW.minusSeconds(40)),
                        record("a.two", NOW.minusSeconds(5))));

        // Then: by names without the prefix, as all metrics of ours
        assertEquals(Duration.ofSeconds(40), longest("one"));
        assertEquals(Duration.ofSeconds(5), longest("two"));
        assertEquals(1, timer("one").count());
    }

    @Test
    void isNoneWhereTheBrokersClockIsAhead() {
        clients.handled("group", List.of(record("a.one", NOW.plusSeconds(3))));

        assertEquals(Duration.ZERO, longest("one"));
    }

    private Duration longest(String topic) {
        return Duration.ofMillis((long) timer(topic).max(TimeUnit.MILLISECONDS));
    }

    private Timer timer(String topic) {
        return registry.get("tocsin.handled.age")
                .tag("group", "group")
                .tag("topic", topic)
                .timer();
    }

    private static ConsumerRecord<byte[], byte[]> record(String topic, Instant written) {
        return new ConsumerRecord<>(
                topic,
                0,
                0,
                written.toEpochMilli(),
                TimestampType.LOG_APPEND_TIME,
                0,
                0,
                new byte[0],
                new byte[0],
                new RecordHeaders(),
                Optional.empty());
    }
}
