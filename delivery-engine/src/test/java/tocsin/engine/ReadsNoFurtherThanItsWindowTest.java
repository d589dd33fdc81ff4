package tocsin.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.Gauge;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.engine.EngineConfig.Limits;
import tocsin.engine.Outcome.Done;

/** However much waits in the topic, and however long its attempts hang. */
class ReadsNoFurtherThanItsWindowTest {

    private static final int POLL = 10;
    private static final int RECORDS = 200;
    private static final Duration WHILE = Duration.ofMillis(500);
    private static final String HANGS = "hangs ";

    private final CountDownLatch release = new CountDownLatch(1);
    private final ScriptedHandler handler = new ScriptedHandler(delivery -> {
        if (new String(delivery.value(), UTF_8).startsWith(HANGS)) {
            release.await();
        }
        return new Done();
    });

    /** Two partitions, the source's and the tier's, have half of the bytes each. One poll more can come on top of either bound. */
    @ParameterizedTest
    @CsvSource({"30, 1000000, 30", "1000, 40000, 20"})
    void holdsNoMoreRecordsOrBytesThanItMay(int windowRecords, int windowBytes, int atLeast) {
        try (var fixture = EngineFixture.with(1, Duration.ofMillis(50))) {
            // Given
            for (int n = 0; n < RECORDS; n++) {
                fixture.send("key " + n, HANGS + "x".repeat(1_000 - HANGS.length() - ("key " + n).length()));
            }
            fixture.flush();

            // When
            start(fixture, new Limits(windowRecords, windowBytes, 5, 5, RECORDS, 0.25));

            // Then
            await().atMost(EngineFixture.PATIENCE).until(() -> paused(fixture) == 1 && open(fixture) >= atLeast);
            await().during(WHILE).until(() -> paused(fixture) == 1 && open(fixture) <= atLeast + POLL);
            release.countDown();
            fixture.awaitAllCommitted();
            assertEquals(RECORDS, handler.attempts().size());
            await().atMost(EngineFixture.PATIENCE).until(() -> paused(fixture) == 0);
        }
    }

    @Test
    void goesOnReadingTheOtherPartitions() {
        try (var fixture = EngineFixture.with(2, Duration.ofMillis(50))) {
            // Given
            for (int n = 0; n < RECORDS; n++) {
                send(fixture, 0, HANGS + n);
                send(fixture, 1, "passes " + n);
            }
            fixture.flush();

            // When: places for more than a window holds
            start(fixture, new Limits(30, 1_000_000, 100, 5, RECORDS, 0.25));

            // Then
            await().atMost(EngineFixture.PATIENCE)
                    .until(() -> handler.attempts().size() == RECORDS && paused(fixture) == 1);
            release.countDown();
            fixture.awaitAllCommitted();
            assertEquals(2 * RECORDS, handler.attempts().size());
        }
    }

    @AfterEach
    void release() {
        release.countDown();
    }

    private void start(EngineFixture fixture, Limits limits) {
        fixture.start(
                fixture.config().withLimits(limits), handler, fixture.clients().polling(POLL));
    }

    private static void send(EngineFixture fixture, int partition, String body) {
        fixture.send(new ProducerRecord<>(
                fixture.config().sourceTopic(), partition, body.getBytes(UTF_8), body.getBytes(UTF_8)));
    }

    private static double open(EngineFixture fixture) {
        return ofTheSource(fixture, "delivery.engine.window.open").value();
    }

    private static double paused(EngineFixture fixture) {
        return ofTheSource(fixture, "delivery.engine.partitions.paused").value();
    }

    private static Gauge ofTheSource(EngineFixture fixture, String name) {
        return fixture.registry
                .get(name)
                .tag("topic", fixture.config().sourceTopic())
                .gauge();
    }
}
