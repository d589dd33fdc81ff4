package tocsin.dispatcher.ledger;

import java.util.Optional;

/**
 * One destination of a notification, as it is first written.
 *
 * @param destination id of an endpoint, or {@link #EMAIL}
 * @param state pending, or suppressed with its reason
 */
public record LedgerRow(String destination, String messageId, State state, Optional<String> reason) {

    /** For every mail, so that no address stands in the ledger. */
    public static final String EMAIL = "email";

    public static LedgerRow pending(String destination, String messageId) {
        return new LedgerRow(destination, messageId, State.PENDING, Optional.empty());
    }

    public static LedgerRow suppressed(String destination, String messageId, String reason) {
        return new LedgerRow(destination, messageId, State.SUPPRESSED, Optional.of(reason));
    }
}
