package tocsin.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tocsin.engine.EngineConfig.Limits;
import tocsin.engine.Outcome.Done;
import tocsin.engine.ScriptedHandler.Attempt;

class SlowKeyDelaysNoOtherTest {

    private static final int SLOW = 150;
    /** Far fewer than the window holds: one poll must not bring all records past it. */
    private static final int POLL = 10;
    /** Fewer places in the window than the slow key has records. */
    private static final Limits LIMITS = new Limits(60, 1 << 20, 20, 2, 5, 0.25);

    private static final int OTHERS = SLOW * LIMITS.inFlightPerKey();

    private final EngineFixture fixture = EngineFixture.with(1, Duration.ofMillis(200));
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() {
        release.countDown();
        fixture.close();
    }

    @Test
    void deliversAllOthersWhileAllPlacesOfOneKeyHang() {
        // Given
        var handler = hangingForTheSlowKey();
        fixture.start(
                fixture.config().withLimits(LIMITS), handler, fixture.clients().polling(POLL));
        // When
        sendSlowOnesAmongOthers();
        // Then
        await().atMost(EngineFixture.PATIENCE).until(() -> handler.attempts().size() == OTHERS);
        assertFalse(handler.bodies().stream().anyMatch(it -> it.startsWith("slow")));
        release.countDown();
        fixture.awaitAllCommitted();
        assertEquals(SLOW + OTHERS, handler.attempts().size());
        assertEquals(List.of(), handler.repeated());
    }

    @Test
    void spendsNoAttemptOnWaiting() {
        // Given
        var handler = hangingForTheSlowKey();
        fixture.start(
                fixture.config().withLimits(LIMITS), handler, fixture.clients().polling(POLL));
        // When
        sendSlowOnesAmongOthers();
        await().atMost(EngineFixture.PATIENCE).until(() -> !fixture.tier(1).isEmpty());
        release.countDown();
        fixture.awaitAllCommitted();
        // Then
        assertEquals(
                List.of(1),
                handler.attempts().stream().map(Attempt::number).distinct().toList());
    }

    @Test
    void asksTheOwnerToParkWhatWouldBeDeferredAgain() {
        // Given
        var handler = hangingForTheSlowKey().parking();
        fixture.start(
                fixture.config().withLimits(LIMITS), handler, fixture.clients().polling(POLL));
        // When
        sendSlowOnesAmongOthers();
        // Then
        int running = LIMITS.inFlightPerKey();
        int queued = LIMITS.queuePerKey();
        await().atMost(EngineFixture.PATIENCE)
                .until(() -> handler.askedToPark().size() == SLOW - running - queued
                        && handler.attempts().size() == OTHERS);
        release.countDown();
        fixture.awaitAllCommitted();
        assertEquals(running + queued + OTHERS, handler.attempts().size());
    }

    private ScriptedHandler hangingForTheSlowKey() {
        return new ScriptedHandler(delivery -> {
            if (new String(delivery.key(), UTF_8).equals("slow")) {
                release.await();
            }
            return new Done();
        });
    }

    private void sendSlowOnesAmongOthers() {
        for (int n = 0; n < SLOW; n++) {
            fixture.send("slow", "slow " + n);
            // No more to a key than may run at once: on a machine that is slow itself, no other key is crowded either.
            for (int other = 0; other < LIMITS.inFlightPerKey(); other++) {
                fixture.send("other " + n, "other " + n + "." + other);
            }
        }
        fixture.flush();
    }
}
