package tocsin.dispatcher.payload;

import tocsin.schemas.avro.Severity;

/** The document knows four words. */
public final class SeverityWord {

    private SeverityWord() {}

    /**
     * An unrated advisory is {@code medium}: the document has no word for it, {@code low} would let filters drop what nobody has judged, and
     * {@code high} would claim a judgement that nobody made.
     */
    public static String of(Severity severity) {
        return switch (severity) {
            case UNKNOWN, MEDIUM -> "medium";
            case LOW -> "low";
            case HIGH -> "high";
            case CRITICAL -> "critical";
        };
    }
}
