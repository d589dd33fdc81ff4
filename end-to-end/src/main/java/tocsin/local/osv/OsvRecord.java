package tocsin.local.osv;

/** What a file's bytes are, looked at only as far as it takes to send them. */
public sealed interface OsvRecord {

    /**
     * A record that can be sent.
     *
     * @param json whole and unchanged
     */
    record Sendable(String id, String json) implements OsvRecord {}

    /** @param reason one of a few, so that refusals can be counted by it */
    record Refused(String reason) implements OsvRecord {}
}
