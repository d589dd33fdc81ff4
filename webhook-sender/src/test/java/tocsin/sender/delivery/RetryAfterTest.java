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
                // RFC 9110, 5.6.7: whoever reads a date reads these two as well.
                "Friday, 17-Apr-26 12:00:30 GMT | PT30S",
                "Friday, 17-Apr-26 11:59:30 GMT | PT0S",
                "Monday, 07-Sep-26 12:00:00 GMT | PT2M",
                "Friday, 31-Dec-99 12:00:00 GMT | PT0S",
                "Fri Apr 17 12:00:30 2026 | PT30S",
                "Mon Sep  7 12:00:00 2026 | PT2M",
            })
    void understands(String value, Duration wait) {
        assertEquals(Optional.of(wait), RETRY_AFTER.wait(value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-1",
                "1.5",
                "soon",
                "9999999999999999999999",
                "Fri, 99 Apr 2026 12:00:30 GMT",
                "Thu, 17 Apr 2026 12:00:30 GMT"
            })
    void takesTheRestForNothing(String value) {
        assertEquals(Optional.empty(), RETRY_AFTER.wait(value));
    }
}
