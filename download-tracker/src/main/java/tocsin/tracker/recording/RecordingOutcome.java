package tocsin.tracker.recording;

import java.util.Locale;
import tocsin.schemas.avro.DownloadRecorded;

/** What becomes of an observed request. */
sealed interface RecordingOutcome {

    /** The source as metrics name it; {@code unknown} if it could not be read. */
    String source();

    /** @param key of the record. */
    record Recorded(String key, DownloadRecorded download) implements RecordingOutcome {
        @Override
        public String source() {
            return download.getSource();
        }
    }

    /**
     * Nothing that anybody could be told of; counted.
     *
     * @param reason one of few words
     */
    record Dropped(String source, String reason) implements RecordingOutcome {}

    /** Nobody can tell yet: what it takes may still be on its way. */
    record Waiting(String source, Awaited awaited) implements RecordingOutcome {}

    /**
     * A person has to look.
     *
     * @param reason for people, without what was sent
     */
    record Quarantined(String source, Fault fault, String reason) implements RecordingOutcome {}

    /** Why a person has to look, in a word for metrics. */
    enum Fault {
        UNREADABLE,
        /** Something stands in place of a token's id that may be the token: the value is not kept. */
        TOKEN_SHOWN,
        UNKNOWN_SHAPE,
        UNKNOWN_TOKEN,
        UNKNOWN_SCHEMA,
        /** By a token that was somebody else's then. */
        FORMER_HOLDER,
        CONTRADICTORY,
        /** Nothing is known to be wrong with it: we failed. */
        FAILED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
