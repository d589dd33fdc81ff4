package tocsin.matcher.osv;

/** Leaves the depths of a record with the reason why it cannot be read; never leaves this package. */
final class UnreadableOsvException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnreadableOsvException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
