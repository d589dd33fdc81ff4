package tocsin.tracker.recording;

import java.util.Optional;
import tocsin.schemas.Audience;
import tocsin.tracker.identity.TokenRegistration;
import tocsin.tracker.recording.RecordingOutcome.Fault;

/** What a request waits for, since nobody can decide about it before. */
sealed interface Awaited {

    /**
     * Whom its token stands for.
     *
     * @param known what was known of the token; anything else may tell
     */
    record Registration(Audience.Token token, Optional<TokenRegistration> known) implements Awaited {}

    /** What it was written with, by the schema registry's number: the registry gave no answer. */
    record Schema(int id) implements Awaited {}

    /** What is wrong with a request that waited in vain. */
    default Fault fault() {
        return switch (this) {
            case Registration _ -> Fault.UNKNOWN_TOKEN;
            case Schema _ -> Fault.UNKNOWN_SCHEMA;
        };
    }

    /** The same for people. */
    default String missing() {
        return switch (this) {
            case Registration _ -> "unknown token";
            case Schema _ -> "the schema registry gives no answer";
        };
    }
}
