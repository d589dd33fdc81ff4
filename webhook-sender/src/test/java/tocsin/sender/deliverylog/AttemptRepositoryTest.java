package tocsin.sender.deliverylog;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AttemptRepositoryTest {

    private final WrittenLog written = new WrittenLog();
    private final LoggedDelivery one = written.delivery("a", "WH1");

    static Stream<LoggedAttempt> attemptsOfAllKinds() {
        Instant at = LogDays.start(LogDays.of(Clock.systemUTC().instant())).plus(123_456, ChronoUnit.MICROS);
        return Stream.of(
                new LoggedAttempt(
                        3,
                        Optional.of(Trigger.REPLAY),
                        at,
                        Duration.ofMillis(10_001),
                        Optional.of(429),
                        Optional.of("status"),
                        Optional.of("the receiver answered 429 \u2014 é\uD83D\uDD14"),
                        new Wire(
                                Optional.of(Duration.ofMillis(11)),
                                Optional.of(Duration.ofMillis(12)),
                                Optional.of(Duration.ofMillis(13)),
                                Optional.of(Duration.ofMillis(14)),
                                Optional.of("192.0.2.1"),
                                Optional.of("TLSv1.3"),
                                List.of("key-1", "key-2"),
                                List.of(new LoggedHeader("webhook-id", "msg"), new LoggedHeader("x", "{\"a\",\\}")),
                                List.of(new LoggedHeader("retry-after", "7")),
                                Optional.of("tab\tline\nback\\slash \\. NULL"),
                                true),
                        Optional.of(at.plusSeconds(7))),
                new LoggedAttempt(
                        1,
                        Optional.empty(),
                        at,
                        Duration.ZERO,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Wire.UNKNOWN,
                        Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("attemptsOfAllKinds")
    void keepsEveryColumnOfAnAttempt(LoggedAttempt attempt) {
        // Given
        Instant at = attempt.startedAt();

        // When
        written.log.write(List.of(LogEntry.retrying(one, attempt, WrittenLog.request(one))), at);

        // Then
        assertEquals(List.of(attempt), written.attempts.of(one.webhookId(), one.endpointId(), at, 10));
    }
}
