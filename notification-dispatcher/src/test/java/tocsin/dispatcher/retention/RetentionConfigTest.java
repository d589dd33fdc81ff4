package tocsin.dispatcher.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tocsin.service.MissingConfiguration;

class RetentionConfigTest {

    private static RetentionConfig config(Duration ledger, @Nullable Duration told, @Nullable Duration matcher) {
        return new RetentionConfig(ledger, told, matcher, Duration.ofDays(30), Duration.ofHours(1));
    }

    @ParameterizedTest
    @CsvSource({"P29D,,", "P400D, P365D,", "P400D, P365D, P365D", "P400D, P30D, P365D"})
    void refusesWhatWouldLetSomethingRingAgain(Duration ledger, @Nullable Duration told, @Nullable Duration matcher) {
        assertThrows(MissingConfiguration.class, () -> config(ledger, told, matcher));
    }

    @Test
    void keepsWhatWasToldLongerThanTheMatcherKeepsDownloads() {
        assertEquals(
                Duration.ofDays(366),
                config(Duration.ofDays(30), Duration.ofDays(366), Duration.ofDays(365))
                        .told());
    }
}
