package tocsin.service.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutboxBacklogTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, false",
        "5, 0, 5, false",
        "5.1, 0, 5.1, true",
        "3600, 0, 3600, true",
        // Nobody has counted since.
        "0, 30, 0, false",
        "4, 30, 4, false",
        "4, 31, 35, true"
    })
    void isBehindWhereTheFirstHasWaitedOrNobodyKnows(
            double oldestSeconds, long secondsSince, double shown, boolean behind) {
        // Given
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
        MeterRegistry registry = new SimpleMeterRegistry();
        OutboxBacklog backlog = new OutboxBacklog(registry, nanos::get);
        backlog.counted(new OutboxRepository.Waiting(1, oldestSeconds));

        // When
        nanos.addAndGet(Duration.ofSeconds(secondsSince).toNanos());

        // Then
        assertEquals(shown, registry.get("tocsin.outbox.oldest").gauge().value());
        assertEquals(behind, backlog.isBehind());
    }
}
