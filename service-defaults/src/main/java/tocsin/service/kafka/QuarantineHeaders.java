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

    /**
     * Only on a record that was too large to be here whole: about how many bytes its key, value and headers had. It has no value, no key beyond 1 KiB and
     * its own headers only as far as they fit into 4 KiB; the topic that it came from has the rest for as long as it keeps it.
     */
    public static final String TRUNCATED = "quarantine-truncated";

    private QuarantineHeaders() {}
}
