package tocsin.schemas;

/** Names of the record headers that every message carries from service to service. */
public final class MessageHeaders {

    /** Deterministic id of what the record says; a repeat of the record has the same. UTF-8 text. */
    public static final String MESSAGE_ID = "message-id";

    /** W3C Trace Context, passed on unchanged. UTF-8 text. */
    public static final String TRACEPARENT = "traceparent";

    private MessageHeaders() {}
}
