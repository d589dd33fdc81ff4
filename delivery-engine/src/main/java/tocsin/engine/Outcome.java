package tocsin.engine;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** What became of one attempt. The reasons travel in a header and into logs: plain words, no secrets, no personal data. */
public sealed interface Outcome {

    /** Finished, well or badly; the handler has already made that durable. */
    record Done() implements Outcome {}

    /**
     * The attempt failed and another is wanted. The engine picks the tier; after the last one it calls
     * {@link DeliveryHandler#exhausted}.
     *
     * @param atLeast lengthens the tier's wait, never shortens it. What must wait much longer than the last tier
     *     should be a {@link Park} instead: it would hold a place in that tier's window until then.
     */
    record RetryLater(String reason, Optional<Duration> atLeast) implements Outcome {

        public RetryLater {
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(atLeast, "atLeast");
        }

        public RetryLater(String reason) {
            this(reason, Optional.empty());
        }
    }

    /** Put aside; the handler has already stored it durably and will see to it. Done for the engine. */
    record Park(String reason) implements Outcome {}

    /** No further attempt has a chance: to the dead topic. The handler has already made its own end state durable. */
    record Dead(String reason) implements Outcome {
        public Dead {
            Objects.requireNonNull(reason, "reason");
        }
    }
}
