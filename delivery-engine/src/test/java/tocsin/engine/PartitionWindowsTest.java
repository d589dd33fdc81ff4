package tocsin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tocsin.testsupport.MovableClock;

class PartitionWindowsTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final EngineConfig CONFIG = EngineFixture.config("t", Duration.ofSeconds(1));

    private final MovableClock clock = MovableClock.at(NOW);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private final PartitionWindows windows = windows();

    @Test
    void tellsHowLongTheFirstDueRecordWaitsToStart() {
        // Given
        windows.assigned(0);
        windows.assigned(1);
        windows.received(retry(0, NOW.minusSeconds(5)));
        windows.received(retry(1, NOW.minusSeconds(9)));

        // When
        WindowView view = windows.view();

        // Then: also while nobody looks anew
        assertEquals(Duration.ofSeconds(9), windows.overdue(view));
        clock.advance(Duration.ofSeconds(2));
        assertEquals(Duration.ofSeconds(11), windows.overdue(view));
    }

    @Test
    void countsNothingThatIsNotDueOrUnderWay() throws Exception {
        // Given
        windows.assigned(0);
        windows.received(retry(0, NOW.minusSeconds(5)));
        windows.received(retry(0, NOW.plusSeconds(5)));

        // When
        windows.startDue();
        assertTrue(asked.await(10, TimeUnit.SECONDS));

        // Then
        assertEquals(Duration.ZERO, windows.overdue(windows.view()));
        answer.countDown();
    }

    @Test
    void forgetsWhatAnotherReadsFromNowOn() {
        // Given
        windows.assigned(0);
        windows.received(retry(0, NOW.minusSeconds(5)));
        windows.view();

        // When
        windows.forget(List.of(0));
        clock.advance(Duration.ofSeconds(1));

        // Then
        assertEquals(Duration.ZERO, windows.overdue(windows.view()));
    }

    /** Retries wait for their time, so theirs would say nothing. */
    @Test
    void tellsHowLongAfterItWasWrittenTheFirstAttemptHadEnded() throws Exception {
        // Given
        windows.assigned(0);
        windows.received(record(0, 0, NOW.minusSeconds(5), false, Instant.EPOCH));
        windows.startDue();
        assertTrue(asked.await(10, TimeUnit.SECONDS));

        // When
        clock.advance(Duration.ofSeconds(2));
        answer.countDown();

        // Then
        Awaitility.await()
                .until(() -> registry.find("delivery.engine.first.attempt").timer() != null);
        windows.received(record(0, 1, NOW.minusSeconds(50), true, NOW));
        windows.startDue();
        Awaitility.await().until(() -> registry.find("delivery.engine.lateness").timer() != null);
        Timer waited =
                registry.get("delivery.engine.first.attempt").tag("topic", "t").timer();
        Awaitility.await().until(() -> waited.count() > 0);
        assertEquals(1, waited.count());
        assertEquals(7, waited.max(TimeUnit.SECONDS));
    }

    private PartitionWindows windows() {
        var metrics = new EngineMetrics(registry, CONFIG.groupId(), () -> false);
        var gate = new OutageGate(Backoff.DEFAULT, System::nanoTime);
        var handler = new ScriptedHandler(_ -> {
            asked.countDown();
            answer.await();
            return new Outcome.Done();
        });
        var patient = new PatientHandler(handler, gate, Duration.ZERO, new StopSignal(), metrics);
        var producer = new RetryProducer(MockProducer::new, new StopSignal());
        var onward = new Onward(new RetrySchedule(CONFIG.ladder()), CONFIG.deadTopic(), producer, clock);
        var attempts = new Attempts(CONFIG.ladder(), patient, onward, clock, metrics);
        return new PartitionWindows(new WindowBudget(10, 1_000), new Dispatch(CONFIG, attempts, clock, metrics), clock);
    }

    private static InboundRecord retry(int partition, Instant due) {
        return record(partition, 0, Instant.EPOCH, true, due);
    }

    private static InboundRecord record(int partition, long offset, Instant appendedAt, boolean retry, Instant due) {
        InboundRecord sample = Samples.record(0);
        return new InboundRecord(
                retry ? "retry.1" : "t",
                partition,
                offset,
                sample.key(),
                sample.value(),
                List.of(),
                Progress.fresh(new Progress.Origin("source", 0, 0)),
                appendedAt,
                retry,
                due);
    }
}
