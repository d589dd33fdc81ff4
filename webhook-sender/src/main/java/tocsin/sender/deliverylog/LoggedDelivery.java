package tocsin.sender.deliverylog;

/** What stays the same of a delivery. Webhook id and endpoint together name it. */
public record LoggedDelivery(String webhookId, String endpointId, String notificationId, String orgId, String type) {}
