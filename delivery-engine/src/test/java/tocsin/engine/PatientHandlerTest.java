package tocsin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.engine.PatientHandler.Answer.Given;
import tocsin.engine.PatientHandler.Answer.Moot;

class PatientHandlerTest {

    private final AtomicLong nanos = new AtomicLong();
    private final OutageGate gate = new OutageGate(Backoff.DEFAULT, nanos::get);
    private final ScriptedHandler handler = ScriptedHandler.done();
    private final PatientHandler patient = new PatientHandler(
            handler,
            gate,
            Duration.ofSeconds(30),
            new StopSignal(),
            new EngineMetrics(new SimpleMeterRegistry(), "group", () -> false));

    /** Three calls find the service down, for longer than the patience; then one fails for this delivery alone. */
    @Test
    void doesNotHoldAnOutageAgainstTheDeliveryThatMetIt() throws InterruptedException {
        // Given
        var calls = new AtomicInteger();
        DeliveryHandler down = new DeliveryHandler() {
            @Override
            public Outcome deliver(Delivery delivery) throws Exception {
                return switch (calls.getAndIncrement()) {
                    case 0, 1, 2 -> throw new IOException("down");
                    case 3 -> throw new IllegalStateException("fault");
                    default -> new Outcome.Done();
                };
            }

            @Override
            public void exhausted(Delivery delivery, String reason) {}

            @Override
            public FaultScope scopeOf(Exception fault) {
                return fault instanceof IOException ? FaultScope.SERVICE : FaultScope.DELIVERY;
            }
        };
        var backoff = new Backoff(Duration.ofMillis(400), Duration.ofMillis(400));
        var hurried = new PatientHandler(
                down,
                new OutageGate(backoff, System::nanoTime),
                Duration.ofSeconds(1),
                new StopSignal(),
                new EngineMetrics(new SimpleMeterRegistry(), "group", () -> false));
        // When
        var answer = hurried.deliver(Samples.record(0).delivery(1, Instant.EPOCH), () -> false);
        // Then
        assertInstanceOf(Given.class, answer);
        assertEquals(5, calls.get());
    }

    @ParameterizedTest(name = "asked {0} times before it is moot")
    @ValueSource(ints = {0, 1})
    void endsNoOutageByACallThatItDidNotMake(int times) throws InterruptedException {
        // Given
        gate.failed(gate.pass().orElseThrow());
        nanos.addAndGet(Backoff.DEFAULT.first().toNanos());
        var asked = new AtomicInteger();
        // When
        var answer =
                patient.deliver(Samples.record(0).delivery(1, Instant.EPOCH), () -> asked.getAndIncrement() >= times);
        // Then
        assertInstanceOf(Moot.class, answer);
        assertEquals(0, handler.attempts().size());
        assertTrue(gate.isClosed());
        assertTrue(gate.pass().isPresent(), "the probe is still to be had");
    }
}
