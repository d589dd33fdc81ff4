package tocsin.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.engine.EngineConfig.Timing;
import tocsin.engine.Outcome.Done;
import tocsin.engine.Outcome.RetryLater;
import tocsin.engine.ScriptedHandler.Attempt;

class ExceptionIsNotAnAttemptTest {

    private static final int RECORDS = 50;

    private final EngineFixture fixture = EngineFixture.with(1, Duration.ofMillis(50), Duration.ofMillis(300));

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void callsAgainWithTheSameAttemptWhileOthersGoOn() {
        // Given
        var faults = new AtomicInteger();
        var handler = new ScriptedHandler(delivery -> {
            if (ScriptedHandler.hasBody(delivery, "0") && faults.incrementAndGet() <= 3) {
                throw new IOException("no memory of it");
            }
            return new Done();
        });
        fixture.start(handler);
        // When
        sendAll();
        // Then
        await().atMost(EngineFixture.PATIENCE).until(() -> handler.attempts().size() == RECORDS);
        assertEquals("0", handler.bodies().getLast());
        assertEquals(1, handler.attempts().getLast().number());
        assertEquals(4, faults.get());
        fixture.awaitAllCommitted();
    }

    @Test
    void holdsAllWhileTheServiceIsDownAndKeepsItsPartitions() {
        // Given
        var down = new AtomicBoolean(true);
        var calls = new AtomicInteger();
        var handler = new ScriptedHandler(_ -> {
                    calls.incrementAndGet();
                    if (down.get()) {
                        throw new IOException("database down");
                    }
                    return new Done();
                })
                .faulting(_ -> FaultScope.SERVICE);
        DeliveryEngine engine = fixture.start(handler);
        // When
        sendAll();
        await().atMost(EngineFixture.PATIENCE).until(() -> engine.state() == EngineState.WAITING);
        // Then
        assertFalse(engine.isHealthy());
        assertEquals(1, heldBack());
        int callsBefore = calls.get();
        await().during(Duration.ofSeconds(1)).until(() -> engine.state() == EngineState.WAITING);
        // One goes to see after each pause; without the pause there would be thousands.
        assertTrue(calls.get() - callsBefore <= 10, () -> "calls: " + (calls.get() - callsBefore));
        assertEquals(0, handler.attempts().size());
        down.set(false);
        await().atMost(EngineFixture.PATIENCE).until(() -> handler.attempts().size() == RECORDS);
        fixture.awaitAllCommitted();
        assertTrue(engine.isHealthy());
        assertEquals(0, heldBack());
        assertEquals(List.of(), handler.repeated());
        assertEquals(
                List.of(1),
                handler.attempts().stream().map(Attempt::number).distinct().toList());
    }

    @Test
    void putsAsideWhatKeepsFailingSoThatNothingWaitsBehindIt() {
        // Given
        var mended = new AtomicBoolean();
        var handler = new ScriptedHandler(delivery -> {
            if (delivery.attempt() == 1) {
                return new RetryLater("answered 503");
            }
            if (!mended.get() && ScriptedHandler.hasBody(delivery, "7")) {
                throw new IOException("a bug of ours");
            }
            return new Done();
        });
        var impatient = new Timing(
                Duration.ofMillis(50),
                Duration.ofMillis(50),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofMillis(150));
        fixture.start(fixture.config().withTiming(impatient), handler);
        // When
        sendAll();
        // Then
        await().atMost(EngineFixture.PATIENCE).until(() -> fixture.tier(2).size() >= 2);
        assertEquals(2 * RECORDS - 1, handler.attempts().size());
        mended.set(true);
        await().atMost(EngineFixture.PATIENCE).until(() -> handler.attempts().size() == 2 * RECORDS);
        assertEquals("7", handler.bodies().getLast());
        assertEquals(2, handler.attempts().getLast().number());
        fixture.awaitAllCommitted();
        assertEquals(List.of(), fixture.dead());
    }

    private double heldBack() {
        return fixture.registry.get("delivery.engine.held.back").gauge().value();
    }

    private void sendAll() {
        for (int n = 0; n < RECORDS; n++) {
            fixture.send("key " + n, Integer.toString(n));
        }
        fixture.flush();
    }
}
