package tocsin.service.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutboxBacklogTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, false",
        "5, 0, false",
        "5.1, 0, true",
        "3600, 0, true",
        // Nobody has counted since.
        "0, 30, false",
        "0, 31, true"
    })
    void isBehindWhereTheFirstHasWaitedOrNobodyKnows(double oldestSeconds, long secondsSince, boolean behind) {
        // Given
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
        OutboxBacklog backlog = new OutboxBacklog(new SimpleMeterRegistry(), nanos::get);
        backlog.count(1, oldestSeconds);

        // When
        nanos.addAndGet(Duration.ofSeconds(secondsSince).toNanos());

        // Then
        assertEquals(behind, backlog.isBehind());
    }
}
