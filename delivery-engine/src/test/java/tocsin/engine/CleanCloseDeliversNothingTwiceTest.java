package tocsin.engine;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.engine.EngineConfig.Limits;
import tocsin.engine.Outcome.Done;
import tocsin.engine.Outcome.RetryLater;

class CleanCloseDeliversNothingTwiceTest {

    private static final int RECORDS = 400;

    private final EngineFixture fixture = EngineFixture.with(2, Duration.ofMillis(100), Duration.ofMillis(400));

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void makesEachAttemptOnceThoughClosedInTheMidst() {
        // Given
        var half = new CountDownLatch(RECORDS / 2);
        var handler = new ScriptedHandler(delivery -> {
            half.countDown();
            boolean failing = delivery.attempt() < 3 && delivery.offset() % 3 == 0;
            // Real time passes in an attempt, so that some are running when the engine closes.
            TimeUnit.MILLISECONDS.sleep(delivery.offset() % 7);
            return failing ? new RetryLater("answered 503") : new Done();
        });
        // One key is much behind the others, so done records lie behind waiting ones.
        var limits = new Limits(1_000, 1 << 20, 20, 2, 50, 0.25);
        DeliveryEngine first = fixture.start(fixture.config().withLimits(limits), handler);
        for (int n = 0; n < RECORDS; n++) {
            fixture.send(n % 2 == 0 ? "busy" : "key " + n, "body " + n);
        }
        fixture.flush();
        await().atMost(EngineFixture.PATIENCE).until(() -> half.getCount() == 0);
        // When
        first.close();
        int before = handler.attempts().size();
        fixture.start(fixture.config().withLimits(limits), handler);
        // Then
        fixture.awaitAllCommitted();
        assertTrue(before < handler.attempts().size(), "the first engine had done all before it closed");
        assertEquals(List.of(), handler.repeated());
        assertEquals(RECORDS, handler.bodies().stream().distinct().count());
    }

    @Test
    void waitsForTheAttemptThatRuns() throws InterruptedException {
        // Given
        var started = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var handler = new ScriptedHandler(_ -> {
            started.countDown();
            release.await();
            return new Done();
        });
        DeliveryEngine engine = fixture.start(handler);
        fixture.send("key", "body");
        assertTrue(started.await(30, TimeUnit.SECONDS));
        // When
        Thread closing = Thread.startVirtualThread(engine::close);
        await().atMost(EngineFixture.PATIENCE).until(() -> engine.state() == EngineState.CLOSED);
        assertTrue(closing.isAlive());
        release.countDown();
        // Then
        assertTrue(closing.join(Duration.ofSeconds(30)));
        fixture.awaitAllCommitted();
    }

    @Test
    void isQuickWhileTheServiceIsDown() {
        // Given
        var handler = new ScriptedHandler(_ -> {
                    throw new IOException("database down");
                })
                .faulting(_ -> FaultScope.SERVICE);
        DeliveryEngine engine = fixture.start(handler);
        fixture.send("key", "body");
        await().atMost(EngineFixture.PATIENCE).until(() -> engine.state() == EngineState.WAITING);
        // When
        long before = System.nanoTime();
        engine.close();
        // Then
        long took = System.nanoTime() - before;
        assertTrue(took < fixture.config().timing().close().toNanos() / 2, () -> "took ns " + took);
    }
}
