package tocsin.local.access;

/**
 * One thing that a principal may do, or is forbidden, in Kafka's own words.
 *
 * @param principal as the cluster names it, such as {@code User:CN=webhook-sender}
 * @param host from where; {@code *} for anywhere
 * @param permission {@code ALLOW} or {@code DENY}
 * @param resource {@code TOPIC}, {@code GROUP} and whatever else Kafka guards
 * @param pattern {@code LITERAL}, or {@code PREFIXED} where the name is a beginning of names
 */
record Grant(
        String principal,
        String host,
        String permission,
        String operation,
        String resource,
        String pattern,
        String name) {

    /** From anywhere. */
    static Grant allow(String principal, String operation, String resource, String pattern, String name) {
        return new Grant(principal, "*", "ALLOW", operation, resource, pattern, name);
    }
}
