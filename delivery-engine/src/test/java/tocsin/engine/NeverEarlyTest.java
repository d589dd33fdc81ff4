package tocsin.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.engine.Outcome.Done;
import tocsin.engine.Outcome.RetryLater;
import tocsin.engine.ScriptedHandler.Attempt;

class NeverEarlyTest {

    private static final int RECORDS = 200;
    private static final List<Duration> DELAYS =
            List.of(Duration.ofMillis(100), Duration.ofMillis(300), Duration.ofMillis(700));

    private final EngineFixture fixture = EngineFixture.with(3, DELAYS.toArray(Duration[]::new));

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void waitsAtLeastTheDelayOfEachTier() {
        // Given
        var later = new RetryLater("answered 503");
        var handler = ScriptedHandler.answering(later, later, later, new Done());
        fixture.start(handler);
        // When
        for (int n = 0; n < RECORDS; n++) {
            fixture.send("key " + n, "body " + n);
        }
        await().atMost(EngineFixture.PATIENCE).until(() -> handler.attempts().size() >= 4 * RECORDS);
        // Then
        byBody(handler).forEach((body, attempts) -> {
            assertEquals(4, attempts.size(), body);
            for (int n = 0; n < 3; n++) {
                assertWaited(DELAYS.get(n), attempts.get(n), attempts.get(n + 1));
            }
        });
    }

    @Test
    void waitsLongerWhereTheAnswerAsksForIt() {
        // Given
        var asked = Duration.ofMillis(500);
        var handler = ScriptedHandler.answering(new RetryLater("answered 429", Optional.of(asked)), new Done());
        fixture.start(handler);
        // When
        fixture.send("key", "body");
        await().atMost(EngineFixture.PATIENCE).until(() -> handler.attempts().size() >= 2);
        // Then
        List<Attempt> attempts = handler.attempts();
        assertWaited(asked, attempts.get(0), attempts.get(1));
        assertEquals(1, fixture.tier(2).size());
    }

    private static Map<String, List<Attempt>> byBody(ScriptedHandler handler) {
        return handler.attempts().stream()
                .sorted(Comparator.comparingInt(Attempt::number))
                .collect(Collectors.groupingBy(Attempt::body));
    }

    private static void assertWaited(Duration delay, Attempt before, Attempt after) {
        Duration waited = Duration.between(before.end(), after.start());
        assertTrue(
                waited.compareTo(delay) >= 0,
                () -> after.body() + ": attempt " + after.number() + " came after " + waited + ", not " + delay);
    }
}
