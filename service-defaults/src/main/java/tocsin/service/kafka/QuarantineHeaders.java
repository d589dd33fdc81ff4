package tocsin.service.kafka;

/** Headers that a quarantined record has beside its own. Values are UTF-8 text. */
public final class QuarantineHeaders {

    /** Why it is here; at most 500 characters, none of them control characters. */
    public static final String REASON = "quarantine-reason";
    /** Where it came from, with the cluster's prefix. */
    public static final String TOPIC = "quarantine-topic";

    public static final String PARTITION = "quarantine-partition";
    public static final String OFFSET = "quarantine-offset";
    /** When it was put here: ISO-8601 instant. */
    public static final String AT = "quarantine-at";

    private QuarantineHeaders() {}
}
