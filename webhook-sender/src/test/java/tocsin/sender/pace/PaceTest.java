package tocsin.sender.pace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Now is 100.25 s; times are milliseconds since 1970. */
class PaceTest {

    private static final Instant NOW = Instant.ofEpochMilli(100_250);

    @ParameterizedTest
    @CsvSource({
        // limit, second, used, spread until, wanted; second and used then, granted, when the others come
        "2, 0, 0, 0, 1, 100, 1, 1, ''",
        "2, 100, 1, 0, 3, 100, 2, 1, '101000 101500'",
        "2, 100, 2, 0, 1, 100, 2, 0, '101000'",
        // A new second.
        "2, 99, 2, 0, 2, 100, 2, 2, ''",
        // What others were told counts.
        "2, 100, 2, 104000, 3, 100, 2, 0, '104000 104500 105000'",
        "4, 100, 2, 104000, 2, 100, 4, 2, ''",
        // Another's clock is ahead: its second goes on.
        "2, 101, 1, 0, 2, 101, 2, 1, '102000'",
        "2, 110, 2, 0, 1, 110, 2, 0, '111000'",
        // And this one was wrong.
        "2, 111, 2, 0, 1, 100, 1, 1, ''",
        // Nobody is told to come later than in a minute.
        "1, 100, 1, 159500, 3, 100, 1, 0, '159500 160250 160250'",
        "1, 100, 1, 999000, 1, 100, 1, 0, '160250'",
        // The limit was lowered meanwhile.
        "1, 100, 5, 0, 1, 100, 5, 0, '101000'",
        "1000, 100, 0, 0, 1000, 100, 1000, 1000, ''"
    })
    void givesEachSecondItsTurns(
            int limit,
            long second,
            int used,
            long spread,
            int wanted,
            long then,
            int usedThen,
            int granted,
            String later) {
        // When
        Pace.Taken taken = new Pace(limit, second, used, Instant.ofEpochMilli(spread)).take(wanted, NOW);

        // Then
        assertEquals(then, taken.next().second());
        assertEquals(usedThen, taken.next().used());
        assertEquals(granted, taken.turns().granted());
        assertEquals(
                later,
                taken.turns().later().stream()
                        .map(at -> Long.toString(at.toEpochMilli()))
                        .collect(Collectors.joining(" ")));
    }

    @Test
    void spreadsThoseWhoAskLaterBehindThoseWhoAskedBefore() {
        // When
        Pace.Taken first = new Pace(2, 100, 2, Instant.EPOCH).take(2, NOW);
        Pace.Taken second = first.next().take(1, NOW.plusMillis(10));

        // Then
        assertEquals(102_000, second.turns().later().getFirst().toEpochMilli());
    }
}
