package tocsin.sender.delivery;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import tocsin.sender.egress.EgressResult;

/** What one attempt means for its delivery. */
sealed interface DeliveryOutcome {

    /** The receiver has it: any 2xx. */
    record Delivered(int status) implements DeliveryOutcome {}

    /**
     * It failed; another attempt may do better.
     *
     * @param status what the receiver answered, if it did
     * @param errorClass what went wrong in one word
     * @param atLeast how long the receiver asks to be left alone
     */
    record Failed(Optional<Integer> status, String errorClass, String reason, Optional<Duration> atLeast)
            implements DeliveryOutcome {

        private static final Set<Integer> BUSY = Set.of(429, 503);

        /** Whether the receiver is well and says when it has time: 429 (RFC 6585, 4) or 503 (RFC 9110, 15.6.4) with a {@code Retry-After}. */
        boolean isBusy() {
            return atLeast.isPresent() && status.filter(BUSY::contains).isPresent();
        }
    }

    /** 410: the receiver wants nothing of this endpoint any more (Standard Webhooks, "Status codes"). */
    record Gone(int status, String reason) implements DeliveryOutcome {}

    /** All else but 2xx and 410 is worth another attempt, as is every breakage: most of them are mended by somebody. */
    static DeliveryOutcome of(EgressResult result, RetryAfter retryAfter) {
        return switch (result) {
            case EgressResult.Broken broken ->
                new Failed(Optional.empty(), ErrorWords.of(broken.errorClass()), broken.reason(), Optional.empty());
            case EgressResult.Answered answered -> of(answered, retryAfter);
        };
    }

    private static DeliveryOutcome of(EgressResult.Answered answered, RetryAfter retryAfter) {
        int status = answered.status();
        if (status >= 200 && status < 300) {
            return new Delivered(status);
        }
        if (status == 410) {
            return new Gone(status, "the receiver answered 410: this endpoint is gone");
        }
        String redirect = status >= 300 && status < 400 ? ", and redirects are not followed" : "";
        return new Failed(
                Optional.of(status),
                ErrorWords.STATUS,
                "the receiver answered " + status + redirect,
                answered.retryAfter().flatMap(retryAfter::wait));
    }
}
