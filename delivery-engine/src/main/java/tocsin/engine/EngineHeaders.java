package tocsin.engine;

import java.util.List;

/** Names of the headers that the engine writes on retry topics and the dead topic. Their values are text in UTF-8. */
public final class EngineHeaders {

    /** Number of the attempt to come; on the dead topic, of the last one made. */
    public static final String ATTEMPT = "attempt";

    /** Milliseconds since the epoch, as is {@link #FIRST_ATTEMPT_AT}. */
    public static final String NOT_BEFORE = "not-before";

    public static final String FIRST_ATTEMPT_AT = "first-attempt-at";
    public static final String LAST_ERROR = "last-error";

    /** Why it was moved without an attempt: {@code busy}, {@code fault} or {@code handover}. */
    public static final String DEFERRED = "deferred";

    public static final String ORIGIN_TOPIC = "origin-topic";
    public static final String ORIGIN_PARTITION = "origin-partition";
    public static final String ORIGIN_OFFSET = "origin-offset";

    /**
     * Those that tell how far a delivery has come. Who parks a record and brings it back to a retry topic with these keeps its
     * attempts; without them, or on the source topic, it begins anew.
     */
    public static final List<String> PROGRESS =
            List.of(ATTEMPT, FIRST_ATTEMPT_AT, LAST_ERROR, ORIGIN_TOPIC, ORIGIN_PARTITION, ORIGIN_OFFSET);

    private EngineHeaders() {}
}
