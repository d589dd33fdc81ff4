package tocsin.sender.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tocsin.sender.delivery.DeliveryOutcome.Delivered;
import tocsin.sender.delivery.DeliveryOutcome.Failed;
import tocsin.sender.delivery.DeliveryOutcome.Gone;
import tocsin.sender.egress.EgressResult;
import tocsin.sender.egress.EgressResult.AnswerHeader;
import tocsin.sender.egress.EgressResult.Answered;
import tocsin.sender.egress.EgressResult.Broken;
import tocsin.sender.egress.EgressResult.ErrorClass;

class DeliveryOutcomeTest {

    private static final Instant NOW = Instant.parse("2026-04-17T12:00:00Z");

    private static DeliveryOutcome of(EgressResult result) {
        return DeliveryOutcome.of(result, new RetryAfter(NOW, Duration.ofHours(1)));
    }

    private static EgressResult answered(int status, AnswerHeader... headers) {
        return new Answered(status, List.of(headers), "", false, Traces.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 206, 226, 299})
    void countsEvery2xxAsDelivered(int status) {
        assertEquals(new Delivered(status), of(answered(status)));
    }

    @ParameterizedTest
    @CsvSource({
        "300, 'the receiver answered 300, and redirects are not followed'",
        "304, 'the receiver answered 304, and redirects are not followed'",
        "308, 'the receiver answered 308, and redirects are not followed'",
        "400, the receiver answered 400",
        "401, the receiver answered 401",
        "404, the receiver answered 404",
        "409, the receiver answered 409",
        "422, the receiver answered 422",
        "429, the receiver answered 429",
        "451, the receiver answered 451",
        "500, the receiver answered 500",
        "501, the receiver answered 501",
        "505, the receiver answered 505",
        "599, the receiver answered 599",
        "999, the receiver answered 999",
    })
    void givesEveryOtherAnswerAnotherAttempt(int status, String reason) {
        assertEquals(new Failed(Optional.of(status), "status", reason, Optional.empty()), of(answered(status)));
    }

    @ParameterizedTest
    @EnumSource
    void givesWhateverBrokeAnotherAttempt(ErrorClass errorClass) {
        assertEquals(
                new Failed(
                        Optional.empty(),
                        errorClass.name().toLowerCase(Locale.ROOT),
                        "in plain words",
                        Optional.empty()),
                of(new Broken(errorClass, "in plain words", Traces.NONE)));
    }

    @Test
    void endsWhereTheReceiverIsGoneWhateverItAsksFor() {
        assertEquals(
                new Gone(410, "the receiver answered 410: this endpoint is gone"),
                of(answered(410, new AnswerHeader("Retry-After", "60"))));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "429, 60, PT1M, true",
                "503, 60, PT1M, true",
                "503, 99999, PT1H, true",
                "429, 0, PT0S, true",
                "500, 60, PT1M, false",
                "301, 60, PT1M, false",
                "429, soon, -, false",
                "503, soon, -, false",
            })
    void waitsAsLongAsAnyFailedAnswerAsksAndCallsBusyWhoSaysSo(
            int status, String retryAfter, @Nullable Duration atLeast, boolean isBusy) {
        // When
        DeliveryOutcome outcome = of(answered(status, new AnswerHeader("retry-after", retryAfter)));

        // Then
        Failed failed = (Failed) outcome;
        assertEquals(Optional.ofNullable(atLeast), failed.atLeast());
        assertEquals(isBusy, failed.isBusy());
    }
}
