package tocsin.sender.egress;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What one POST came to. */
public sealed interface EgressResult {

    Trace trace();

    /** From the start of the name look-up. */
    default Duration took() {
        return trace().total();
    }

    /**
     * The receiver answered, and its body was read to the end or to the limit.
     *
     * @param status of the final answer, never 1xx
     * @param headers as they came and in that order
     * @param body its beginning as UTF-8, which it may not have been
     * @param bodyCut whether there was more of it
     */
    record Answered(int status, List<AnswerHeader> headers, String body, boolean bodyCut, Trace trace)
            implements EgressResult {

        public Answered {
            headers = List.copyOf(headers);
        }

        /** The header as it came. */
        public Optional<String> retryAfter() {
            return headers.stream()
                    .filter(header -> header.name().equalsIgnoreCase("Retry-After"))
                    .map(AnswerHeader::value)
                    .findFirst();
        }

        /** Without what the receiver chose. */
        @Override
        public String toString() {
            return "Answered[status=" + status + ", took=" + took() + "]";
        }
    }

    record AnswerHeader(String name, String value) {

        @Override
        public String toString() {
            return "AnswerHeader[" + name + "]";
        }
    }

    /**
     * There was no complete answer.
     *
     * @param reason plain words, with nothing in them that the receiver chose
     */
    record Broken(ErrorClass errorClass, String reason, Trace trace) implements EgressResult {}

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
