package tocsin.engine;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OutageGateTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // a ticker may overflow
    private final OutageGate gate =
            new OutageGate(new Backoff(Duration.ofMillis(10), Duration.ofMillis(40)), nanos::get);

    @Test
    void letsAllThroughWhileNothingFails() throws Exception {
        long first = pass();
        long second = pass();
        gate.succeeded(first);
        gate.succeeded(second);
        assertFalse(gate.isClosed());
    }

    @Test
    void letsOneThroughAfterThePauseAndAllAfterItsSuccess() throws Exception {
        // Given
        gate.failed(pass());
        after(10);
        long probe = pass();
        CompletableFuture<OptionalLong> next = waiting();
        assertWaits(next);
        // When
        gate.succeeded(probe);
        // Then
        assertTrue(next.get(10, TimeUnit.SECONDS).isPresent());
        assertFalse(gate.isClosed());
    }

    @Test
    void doublesThePauseWithEachProbeThatFails() throws Exception {
        gate.failed(pass());
        for (long pause : new long[] {10, 20, 40, 40}) {
            CompletableFuture<OptionalLong> next = waiting();
            after(pause - 1);
            assertWaits(next);
            after(1);
            gate.failed(next.get(10, TimeUnit.SECONDS).orElseThrow());
        }
        assertTrue(gate.isClosed());
    }

    @Test
    void countsAnOutageOnceHoweverManyItHits() throws Exception {
        // Given
        long one = pass();
        long two = pass();
        // When
        gate.failed(one);
        gate.failed(two);
        // Then
        after(10);
        assertTrue(pass() > two);
    }

    @Test
    void isNotOpenedByASuccessFromBeforeTheOutage() throws Exception {
        long before = pass();
        gate.failed(pass());
        gate.succeeded(before);
        assertTrue(gate.isClosed());
    }

    @Test
    void letsTheNextGoToSeeWhenAPassComesBackUnused() throws Exception {
        // Given
        gate.failed(pass());
        after(10);
        long probe = pass();
        CompletableFuture<OptionalLong> next = waiting();
        assertWaits(next);
        // When
        gate.returned(probe);
        // Then
        assertTrue(next.get(10, TimeUnit.SECONDS).isPresent());
        assertTrue(gate.isClosed());
    }

    @Test
    void keepsNobodyWaitingOnceTheEngineEnds() throws Exception {
        gate.failed(pass());
        CompletableFuture<OptionalLong> waiting = waiting();
        gate.end();
        assertEquals(OptionalLong.empty(), waiting.get(10, TimeUnit.SECONDS));
    }

    @Test
    void letsWhatRunsFinishItsCallsWhileTheEngineEnds() throws Exception {
        gate.end();
        assertTrue(gate.pass().isPresent());
    }

    private long pass() throws Exception {
        return waiting().get(10, TimeUnit.SECONDS).orElseThrow();
    }

    private CompletableFuture<OptionalLong> waiting() {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return gate.pass();
                    } catch (InterruptedException e) {
                        throw new CompletionException(e);
                    }
                },
                Thread::startVirtualThread);
    }

    private void after(long millis) {
        nanos.addAndGet(MILLISECONDS.toNanos(millis));
    }

    private static void assertWaits(CompletableFuture<OptionalLong> pass) {
        assertThrows(TimeoutException.class, () -> pass.get(50, MILLISECONDS));
    }
}
