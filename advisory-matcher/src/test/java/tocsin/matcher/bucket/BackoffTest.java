package tocsin.matcher.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

    @ParameterizedTest
    @CsvSource({
        // interval, failures in a row, asked for, at least, at most
        "PT5M,  0,    ,      PT4M,    PT6M",
        "PT5M,  1,    ,      PT8M,    PT12M",
        "PT5M,  3,    ,      PT32M,   PT48M",
        "PT5M,  4,    ,      PT48M,   PT72M",
        "PT5M,  1000, ,      PT48M,   PT72M",
        "PT2H,  5,    ,      PT96M,   PT144M",
        "PT5M,  1,    PT1H,  PT1H,    PT1H",
        "PT5M,  1,    PT1S,  PT8M,    PT12M",
        "PT5M,  1,    P30D,  PT6H,    PT6H",
    })
    void waitsLongerWhileItFailsAndAsLongAsItIsAsked(
            Duration interval, int failures, @Nullable Duration asked, Duration least, Duration most) {
        assertEquals(least, backoff(interval, 0).next(failures, Optional.ofNullable(asked)));
        Duration longest = backoff(interval, 0x1.fffffffffffffp-1).next(failures, Optional.ofNullable(asked));
        assertTrue(most.minus(longest).abs().compareTo(Duration.ofMillis(1)) <= 0, longest.toString());
    }

    private static Backoff backoff(Duration interval, double random) {
        return new Backoff(interval, new RandomGenerator() {
            @Override
            public long nextLong() {
                return 0;
            }

            @Override
            public double nextDouble() {
                return random;
            }
        });
    }
}
