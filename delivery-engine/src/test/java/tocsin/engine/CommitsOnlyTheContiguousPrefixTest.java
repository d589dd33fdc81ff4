package tocsin.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import tocsin.engine.EngineConfig.Timing;
import tocsin.engine.Outcome.Done;
import tocsin.engine.Outcome.RetryLater;

class CommitsOnlyTheContiguousPrefixTest {

    private static final Duration WHILE = Duration.ofMillis(500);

    private static final Timing CLOSES_AT_ONCE = new Timing(
            Timing.DEFAULT.poll(),
            Timing.DEFAULT.commit(),
            Timing.DEFAULT.revoke(),
            Duration.ZERO,
            Timing.DEFAULT.faultPatience());

    @Test
    void staysBeforeARecordThatIsStillBeingDelivered() {
        try (var fixture = EngineFixture.with(1, Duration.ofMillis(50))) {
            // Given
            var release = new CountDownLatch(1);
            var handler = new ScriptedHandler(delivery -> {
                if (ScriptedHandler.hasBody(delivery, "3")) {
                    release.await();
                }
                return new Done();
            });
            fixture.start(handler);
            // When
            for (int n = 0; n < 10; n++) {
                fixture.send("key " + n, Integer.toString(n));
            }
            // Then
            await().atMost(EngineFixture.PATIENCE)
                    .until(() -> handler.attempts().size() == 9 && fixture.committed() == 3);
            await().during(WHILE).until(() -> fixture.committed() == 3);
            release.countDown();
            await().atMost(EngineFixture.PATIENCE).until(() -> fixture.committed() == 10);
        }
    }

    @Test
    void staysBeforeARecordWhoseRetryIsNotWritten() {
        try (var fixture = EngineFixture.withoutTopics(Duration.ofMillis(50))) {
            // Given
            fixture.broker().createTopic(fixture.config().sourceTopic(), 1);
            var handler =
                    new ScriptedHandler(delivery -> ScriptedHandler.hasBody(delivery, "1") && delivery.attempt() == 1
                            ? new RetryLater("answered 503")
                            : new Done());
            DeliveryEngine engine = fixture.start(handler);
            // When
            for (int n = 0; n < 3; n++) {
                fixture.send("key " + n, Integer.toString(n));
            }
            // Then
            await().atMost(EngineFixture.PATIENCE)
                    .until(() -> engine.state() == EngineState.WAITING && fixture.committed() == 1);
            await().during(WHILE).until(() -> fixture.committed() == 1);
            fixture.broker()
                    .createTopic(fixture.config().ladder().tiers().getFirst().topic(), 1);
            await().atMost(EngineFixture.PATIENCE)
                    .until(() -> fixture.committed() == 3 && handler.attempts().size() == 4 && engine.isHealthy());
            assertEquals("1", handler.attempts().getLast().body());
        }
    }

    @Test
    void staysBeforeARecordWhoseRetryTheBrokerRefuses() {
        try (var fixture = EngineFixture.withoutTopics(Duration.ofMillis(50))) {
            // Given
            fixture.broker().createTopic(fixture.config().sourceTopic(), 1);
            // Sent, and then refused as too large.
            fixture.broker()
                    .createTopic(
                            fixture.config().ladder().tiers().getFirst().topic(), 1, Map.of("max.message.bytes", "1"));
            var handler = new ScriptedHandler(
                    delivery -> ScriptedHandler.hasBody(delivery, "1") ? new RetryLater("answered 503") : new Done());
            // What the broker refuses is never done, and the close would wait for it.
            fixture.start(fixture.config().withTiming(CLOSES_AT_ONCE), handler);
            // When
            for (int n = 0; n < 3; n++) {
                fixture.send("key " + n, Integer.toString(n));
            }
            // Then
            await().atMost(EngineFixture.PATIENCE)
                    .until(() -> handler.attempts().size() == 3 && fixture.committed() == 1);
            await().during(WHILE).until(() -> fixture.committed() == 1);
        }
    }
}
