package tocsin.tracker.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceivedAtTest {

    @ParameterizedTest(name = "{2}")
    @CsvSource(textBlock = """
            1000, 1000, written just now
            400,  400,  processed again later
            1001, 1000, the producer's clock is ahead
            -1,   1000, no timestamp
            """)
    void isTheRecordsOwnTimeBoundedByTheClock(long timestamp, long expected, String why) {
        // When
        Instant receivedAt = ReceivedAt.of(timestamp, Instant.ofEpochMilli(1_000));

        // Then
        assertEquals(Instant.ofEpochMilli(expected), receivedAt, why);
    }
}
