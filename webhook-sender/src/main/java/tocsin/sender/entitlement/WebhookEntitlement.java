package tocsin.sender.entitlement;

import java.time.Duration;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.OrgEntitlements;
import tocsin.service.http.Problem;
import tocsin.service.kafka.TopicTable;

/** Whether an organisation may have webhooks. */
public final class WebhookEntitlement {

    private final TopicTable<OrgEntitlements> table;
    private final Duration onItsWay;

    /** @param onItsWay how long what was given just before may take to arrive here */
    WebhookEntitlement(TopicTable<OrgEntitlements> table, Duration onItsWay) {
        this.table = table;
        this.onItsWay = onItsWay;
    }

    /**
     * Refuses nobody before the dispatcher has told of all: one of the releases that tell nothing may still be at work.
     *
     * @throws Problem 403 without it; 503 while nothing is known, as before the service is ready
     */
    public void require(String org) throws InterruptedException {
        if (!table.awaitLoaded(onItsWay)) {
            throw Problem.unavailable("What organisations may have is not known yet.");
        }
        if (!table.awaitUntil(() -> !isRefused(org), onItsWay)) {
            throw Problem.forbidden("The organisation is not entitled to webhooks.");
        }
    }

    private boolean isRefused(String org) {
        return table.find(RecordKeys.ALL_ENTITLEMENTS_TOLD).isPresent()
                && table.find(org).filter(OrgEntitlements::getWebhooks).isEmpty();
    }
}
