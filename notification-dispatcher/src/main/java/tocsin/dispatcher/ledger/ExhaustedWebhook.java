package tocsin.dispatcher.ledger;

import java.util.UUID;

/** Somebody who tells otherwise what a webhook did not bring. */
public interface ExhaustedWebhook {

    /** Called in the transaction that ends the row, before it ends; perhaps for a row that has ended already, or is nobody's. */
    void failed(UUID notification, String endpointId);
}
