package tocsin.local.shiplog;

/** What a line of a log is. */
sealed interface LogLine {

    record Told(LoggedRequest request) implements LogLine {}

    /** Fine, and of no request that was answered. */
    record Ignored() implements LogLine {}

    /**
     * No line of the format.
     *
     * @param reason for people; does not repeat the line
     */
    record Bad(String reason) implements LogLine {}
}
