package tocsin.local.api;

/**
 * An organisation whose alarms ring at a webhook endpoint and at an address.
 *
 * @param address confirmed
 */
public record Organisation(String id, WebhookEndpoint endpoint, String address) {

    /** @param path of a request that a receiver got */
    public boolean isCalledBy(String path) {
        return path.equals(endpoint.url().getRawPath());
    }
}
