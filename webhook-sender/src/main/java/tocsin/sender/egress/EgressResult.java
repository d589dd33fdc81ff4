package tocsin.sender.egress;

import java.time.Duration;
import java.util.Optional;

/** What one POST came to. */
public sealed interface EgressResult {

    /** From the start of the name look-up. */
    Duration took();

    /**
     * The receiver answered, and its body was read to the end or to the limit.
     *
     * @param status of the final answer, never 1xx
     * @param retryAfter the header as it came
     */
    record Answered(int status, Optional<String> retryAfter, Duration took) implements EgressResult {}

    /**
     * There was no complete answer.
     *
     * @param reason plain words, with nothing in them that the receiver chose
     */
    record Broken(ErrorClass errorClass, String reason, Duration took) implements EgressResult {}

    /** Where it broke. */
    enum ErrorClass {
        DNS,
        ADDRESS,
        CONNECT,
        TLS,
        TIMEOUT,
        PROTOCOL
    }
}
