package tocsin.sender.entitlement;

import jakarta.inject.Singleton;
import java.time.Duration;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.avro.OrgEntitlements;
import tocsin.service.http.Problem;
import tocsin.service.kafka.TopicTable;

/** Whether an organisation may have webhooks. */
@Singleton
public final class WebhookEntitlement {

    /** What was given just before needs a moment to arrive here. */
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(3);

    private final TopicTable<OrgEntitlements> table;

    WebhookEntitlement(TopicTable<OrgEntitlements> table) {
        this.table = table;
    }

    /**
     * Refuses nobody before the dispatcher has told of all: one of the releases that tell nothing may still be at work.
     *
     * @throws Problem 403 without it; 503 while nothing is known, as before the service is ready
     */
    public void require(String org) throws InterruptedException {
        if (!table.awaitLoaded(ON_ITS_WAY)) {
            throw Problem.unavailable("What organisations may have is not known yet.");
        }
        if (!table.awaitUntil(() -> !isRefused(org), ON_ITS_WAY)) {
            throw Problem.forbidden("The organisation is not entitled to webhooks.");
        }
    }

    private boolean isRefused(String org) {
        return table.find(RecordKeys.ALL_ENTITLEMENTS_TOLD).isPresent()
                && table.find(org).filter(OrgEntitlements::getWebhooks).isEmpty();
    }
}
