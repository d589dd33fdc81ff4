package tocsin.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.engine.RetryLadder.Tier;
import tocsin.engine.RetrySchedule.Next;

class RetryScheduleTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final RetrySchedule schedule =
            new RetrySchedule(Samples.ladder(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(60)));

    @ParameterizedTest(name = "after attempt {0}, asked {1}: {2} for {3}")
    @CsvSource(nullValues = "-", textBlock = """
            # attempt | at least | tier    | waits
            1         | -        | retry.1 | PT1S
            2         | -        | retry.2 | PT10S
            3         | -        | retry.3 | PT1M
            4         | -        | -       | -
            5         | -        | -       | -
            1         | PT0S     | retry.1 | PT1S
            1         | PT-5S    | retry.1 | PT1S
            1         | PT0.5S   | retry.1 | PT1S
            1         | PT5S     | retry.1 | PT5S
            1         | PT10S    | retry.2 | PT10S
            1         | PT30S    | retry.2 | PT30S
            1         | PT1M     | retry.3 | PT1M
            1         | PT5M     | retry.3 | PT5M
            2         | PT1S     | retry.2 | PT10S
            3         | PT5M     | retry.3 | PT5M
            4         | PT5M     | -       | -
            1         | P9999999D| retry.3 | P7D
            """, delimiter = '|')
    void waitsByTheLadderAndLongerWhereAsked(int attempt, Duration atLeast, String tier, Duration waits) {
        Optional<Next> next = schedule.after(attempt, NOW, Optional.ofNullable(atLeast));
        assertEquals(Optional.ofNullable(tier), next.map(it -> it.tier().topic()));
        assertEquals(Optional.ofNullable(waits).map(NOW::plus), next.map(Next::notBefore));
    }

    @Test
    void roundsUpToWholeMillisecondsSoThatNothingIsEarly() {
        assertEquals(
                NOW.plusMillis(1_001),
                schedule.after(1, NOW.plusNanos(1), Optional.empty())
                        .orElseThrow()
                        .notBefore());
    }

    @ParameterizedTest(name = "due in {0}: {1}")
    @CsvSource({
        "PT-1H, retry.1",
        "PT0S, retry.1",
        "PT0.9S, retry.1",
        "PT9.9S, retry.1",
        "PT10S, retry.2",
        "PT59S, retry.2",
        "PT5M, retry.3"
    })
    void movesTheSameDueTimeToTheLongestTierThatDoesNotDelayIt(Duration left, String tier) {
        Next next = schedule.notBefore(NOW.plus(left), NOW);
        assertEquals(tier, next.tier().topic());
        assertEquals(NOW.plus(left), next.notBefore());
    }

    @ParameterizedTest(name = "beyond {0}: {1}")
    @CsvSource({"retry.1, retry.2", "retry.2, retry.3", "retry.3, retry.3", "gone, retry.3"})
    void defersEachTimeToTheNextTier(String topic, String tier) {
        assertEquals(tier, schedule.beyond(topic, NOW).tier().topic());
    }

    @ParameterizedTest(name = "not before +{0} ms, appended +{1} ms: due +{2} ms")
    @CsvSource({"1000, 0, 1000", "1000, 5, 1005", "1000, -5, 1000", "0, 5, 1005", "90000, 5, 90000"})
    void isDueWhenBothClocksSaySo(long notBefore, long appended, long due) {
        assertEquals(
                NOW.plusMillis(due),
                schedule.due(
                        NOW.plusMillis(notBefore),
                        NOW.plusMillis(appended),
                        new Tier("retry.1", Duration.ofSeconds(1))));
    }

    @Test
    void believesNoWaitThatItCannotHaveWritten() {
        Instant latest = NOW.plus(RetrySchedule.LONGEST_WAIT).plusSeconds(60);
        var tier = new Tier("retry.1", Duration.ofSeconds(1));
        assertEquals(latest, schedule.due(latest, NOW, tier));
        assertEquals(latest, schedule.due(latest.plusMillis(1), NOW, tier));
        assertEquals(latest, schedule.due(Instant.ofEpochMilli(Long.MAX_VALUE), NOW, tier));
    }

    @Test
    void refusesALadderThatDoesNotRise() {
        assertThrows(
                IllegalArgumentException.class, () -> Samples.ladder(Duration.ofSeconds(10), Duration.ofSeconds(1)));
        assertThrows(IllegalArgumentException.class, () -> Samples.ladder(Duration.ZERO));
        assertThrows(IllegalArgumentException.class, () -> new RetryLadder(List.of()));
    }

    @Test
    void refusesALadderWithOneTopicTwice() {
        var tiers = List.of(new Tier("retry", Duration.ofSeconds(1)), new Tier("retry", Duration.ofSeconds(2)));
        assertThrows(IllegalArgumentException.class, () -> new RetryLadder(tiers));
    }
}
