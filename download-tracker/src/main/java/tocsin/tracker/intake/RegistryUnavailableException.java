package tocsin.tracker.intake;

/** The schema registry gives no answer. What it would say is not known, so nothing is decided: who gets this tries again later. */
public final class RegistryUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public RegistryUnavailableException(String message) {
        super(message);
    }

    RegistryUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
