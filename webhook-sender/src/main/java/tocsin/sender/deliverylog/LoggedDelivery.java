package tocsin.sender.deliverylog;

/**
 * What stays the same of a delivery. Webhook id and endpoint together name it.
 *
 * @param notificationId empty for one that nobody waits for, such as a test message
 */
public record LoggedDelivery(String webhookId, String endpointId, String notificationId, String orgId, String type) {

    /** Whether somebody is to be told how it ends. */
    boolean isAwaited() {
        return !notificationId.isEmpty();
    }
}
