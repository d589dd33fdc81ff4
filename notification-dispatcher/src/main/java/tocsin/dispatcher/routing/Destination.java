package tocsin.dispatcher.routing;

import tocsin.dispatcher.email.Language;
import tocsin.dispatcher.ledger.LedgerRow;

/** Where something can be told. */
public sealed interface Destination {

    /** What the ledger calls it: one audience has at most one of each. */
    String ledgerName();

    record Webhook(String endpointId) implements Destination {
        @Override
        public String ledgerName() {
            return endpointId;
        }
    }

    /** @param address empty text where there is none to send to. Never printed */
    record Email(String address, Language language) implements Destination {

        @Override
        public String ledgerName() {
            return LedgerRow.EMAIL;
        }

        @Override
        public String toString() {
            return "Email[language=" + language + "]";
        }
    }
}
