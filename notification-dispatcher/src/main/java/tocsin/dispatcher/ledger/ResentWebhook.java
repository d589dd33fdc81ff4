package tocsin.dispatcher.ledger;

import java.util.UUID;

/** Somebody to whom it matters that a webhook arrived which had failed: a person had it sent again. */
public interface ResentWebhook {

    /** Called in the transaction whose row says so, before it does. */
    void arrives(UUID notification, String endpointId);
}
