package tocsin.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tocsin.engine.Outcome.Done;
import tocsin.engine.Outcome.RetryLater;
import tocsin.testsupport.KafkaBroker;

class SurvivesABrokerRestartTest {

    private static final int RECORDS = 600;

    @Test
    void deliversAllThatWasUnderWay() {
        try (var broker = KafkaBroker.start();
                var fixture = EngineFixture.on(broker, 2, Duration.ofMillis(200), Duration.ofMillis(500))) {
            // Given
            var handler = new ScriptedHandler(delivery -> {
                TimeUnit.MILLISECONDS.sleep(20);
                return delivery.attempt() == 1 && delivery.offset() % 2 == 0
                        ? new RetryLater("answered 503")
                        : new Done();
            });
            DeliveryEngine engine = fixture.start(
                    fixture.config().withLimits(new EngineConfig.Limits(2_000, 1 << 20, 10, 4, 200, 0.25)), handler);
            for (int n = 0; n < RECORDS; n++) {
                fixture.send("key " + n % 20, "body " + n);
            }
            fixture.flush();
            await().atMost(EngineFixture.PATIENCE)
                    .until(() -> handler.attempts().size() > 50);
            // When
            broker.stop();
            // What fails while it is away finds nobody to write its retry to.
            await().atMost(EngineFixture.PATIENCE).until(() -> engine.state() == EngineState.WAITING);
            broker.restart();
            // Then
            fixture.awaitAllCommitted();
            assertEquals(
                    IntStream.range(0, RECORDS).mapToObj(n -> "body " + n).collect(Collectors.toSet()),
                    handler.attempts().stream()
                            .filter(it -> it.number() == 2 || it.delivery().offset() % 2 != 0)
                            .map(ScriptedHandler.Attempt::body)
                            .collect(Collectors.toSet()));
            await().atMost(EngineFixture.PATIENCE).until(engine::isHealthy);
            assertTrue(fixture.dead().isEmpty());
        }
    }
}
