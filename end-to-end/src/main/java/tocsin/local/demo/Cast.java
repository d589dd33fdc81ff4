package tocsin.local.demo;

import java.net.URI;
import tocsin.local.api.WebhookEndpoint;

/**
 * Who takes part, all of them registered.
 *
 * @param affected fetches the bad version, and must be told
 * @param bystander fetches the same package in other versions, and must hear nothing
 * @param personalToken SHA-256 of a token whose holder proved {@code personalAddress}
 * @param orgToken SHA-256 of a token that belongs to the affected organisation
 */
record Cast(
        Organisation affected, Organisation bystander, String personalToken, String personalAddress, String orgToken) {

    /** @param address confirmed, and where its alarms are mailed to */
    record Organisation(String id, WebhookEndpoint endpoint, String address) {

        /** Whether a request came to its endpoint. */
        boolean isCalledBy(String path) {
            URI url = endpoint.url();
            return path.equals(url.getRawPath());
        }
    }
}
