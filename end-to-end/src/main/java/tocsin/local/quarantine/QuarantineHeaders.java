package tocsin.local.quarantine;

/** Headers in a quarantine: those that services set on a bad record, and those of our own marks. Values are UTF-8 text. */
final class QuarantineHeaders {

    static final String PREFIX = "quarantine-";

    static final String REASON = "quarantine-reason";
    static final String TOPIC = "quarantine-topic";
    static final String PARTITION = "quarantine-partition";
    static final String OFFSET = "quarantine-offset";
    static final String AT = "quarantine-at";

    /** Of a record that was too large to be put aside whole: how many bytes it had. Its value is gone from the quarantine. */
    static final String TRUNCATED = "quarantine-truncated";

    /** Of a mark: {@code partition:offset} of the record in this quarantine that was sent again. */
    static final String REDRIVEN = "quarantine-redriven";
    /** Of a mark: {@code partition:offset} in the origin topic where it lies now. */
    static final String REDRIVEN_TO = "quarantine-redriven-to";

    private QuarantineHeaders() {}
}
