package tocsin.tracker.intake;

/**
 * The schema registry gives no answer. What it would say is not known, so nothing is decided: who gets this tries again later. Has no stack: it is
 * made for every message that needs the registry while it is away.
 */
public final class RegistryUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int schemaId;

    public RegistryUnavailableException(int schemaId, String message) {
        super(message, null, false, false);
        this.schemaId = schemaId;
    }

    /** The number that was asked for. */
    public int schemaId() {
        return schemaId;
    }
}
