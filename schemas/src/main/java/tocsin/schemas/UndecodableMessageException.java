package tocsin.schemas;

/** The bytes are not a message of the expected type. The message says why, for people; it never repeats the bytes. */
public final class UndecodableMessageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UndecodableMessageException(String reason) {
        super(reason);
    }

    public UndecodableMessageException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
