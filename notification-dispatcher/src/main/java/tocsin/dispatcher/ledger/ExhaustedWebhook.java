package tocsin.dispatcher.ledger;

import java.util.UUID;

/** Somebody who tells otherwise what a webhook did not bring, and hears when it was brought after all. */
public interface ExhaustedWebhook {

    /** Called in the transaction that ends the row, before it ends; perhaps for a row that has ended already, or is nobody's. */
    void failed(UUID notification, String endpointId);

    /** One that had failed was sent again with success; called in the transaction whose row says so, before it does. */
    void arrives(UUID notification, String endpointId);
}
