package tocsin.sender.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final RetryAfter RETRY_AFTER =
            new RetryAfter(Instant.parse("2026-04-17T12:00:00Z"), Duration.ofMinutes(2));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | PT0S",
                "7 | PT7S",
                "' 7 ' | PT7S",
                "120 | PT2M",
                "121 | PT2M",
                "999999999999999999 | PT2M",
                "Fri, 17 Apr 2026 12:00:30 GMT | PT30S",
                "Fri, 17 Apr 2026 11:59:30 GMT | PT0S",
                "Sat, 17 Apr 2027 12:00:00 GMT | PT2M",
            })
    void understands(String value, Duration wait) {
        assertEquals(Optional.of(wait), RETRY_AFTER.wait(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5", "soon", "9999999999999999999999", "Fri, 99 Apr 2026 12:00:30 GMT"})
    void takesTheRestForNothing(String value) {
        assertEquals(Optional.empty(), RETRY_AFTER.wait(value));
    }
}
