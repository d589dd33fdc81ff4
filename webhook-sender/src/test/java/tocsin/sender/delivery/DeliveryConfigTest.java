package tocsin.sender.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliveryConfigTest {

    private final DeliveryConfig config = new DeliveryConfig(
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(60)), Duration.ofHours(24), 9, 9);

    @ParameterizedTest
    @CsvSource({
        "1, , ",
        "1, PT1S, ",
        "1, PT1.001S, PT1.001S",
        "1, PT59S, PT59S",
        "2, PT10S, ",
        "2, PT59S, PT59S",
        "3, PT60S, ",
        "3, PT2H, PT2H",
        "4, PT2H, "
    })
    void letsNoWaitHoldAPlaceOfARetryTopicForLongerThanItsOwn(
            int attempt, @Nullable Duration asked, @Nullable Duration beyond) {
        assertEquals(Optional.ofNullable(beyond), config.beyondLadder(attempt, Optional.ofNullable(asked)));
    }
}
