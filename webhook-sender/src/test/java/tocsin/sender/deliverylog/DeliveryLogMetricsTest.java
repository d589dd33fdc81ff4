package tocsin.sender.deliverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DeliveryLogMetricsTest {

    private final WrittenLog written = new WrittenLog();
    private final Instant now = written.now;
    private final LoggedDelivery one = written.delivery("a", "WH1");
    private final LoggedDelivery another = written.delivery("b", "WH1");

    @Test
    void countsWhatItHasWritten() throws InterruptedException {
        // Given
        MeterRegistry meters = new SimpleMeterRegistry();
        DeliveryLog counting = new DeliveryLog(written.log, Clock.systemUTC(), meters);
        LoggedAttempt tested = new LoggedAttempt(
                1,
                Optional.of(Trigger.TEST),
                now,
                Duration.ofMillis(5),
                Optional.of(200),
                Optional.empty(),
                Optional.empty(),
                Wire.UNKNOWN,
                Optional.empty());

        // When
        counting.write(WrittenLog.retrying(one, 1, now));
        counting.write(LogEntry.settled(
                another, new Settlement(false, 0, Optional.of("endpoint deleted"), now), WrittenLog.request(another)));
        counting.write(LogEntry.settled(
                written.delivery("c", "WH1"),
                tested,
                new Settlement(true, 1, Optional.empty(), now),
                WrittenLog.request(another)));

        // Then
        assertEquals(
                Map.of("first status", 1.0, "test delivered", 1.0),
                counts(meters, "tocsin.delivery.attempts", "trigger", "outcome"));
        assertEquals(Map.of("failed", 1.0, "delivered", 1.0), counts(meters, "tocsin.deliveries.settled", "state"));
        Timer durations = meters.get("tocsin.delivery.attempt.duration").timer();
        assertEquals(2, durations.count());
        assertEquals(12, durations.totalTime(TimeUnit.MILLISECONDS));
        DistributionSummary groups = meters.get("tocsin.delivery.log.group").summary();
        assertEquals(3, groups.count());
        assertEquals(3, groups.totalAmount());
    }

    private static Map<String, Double> counts(MeterRegistry meters, String meter, String... tags) {
        return meters.get(meter).counters().stream()
                .collect(Collectors.toMap(
                        counter -> Stream.of(tags)
                                .map(tag -> counter.getId().getTag(tag))
                                .collect(Collectors.joining(" ")),
                        Counter::count));
    }
}
