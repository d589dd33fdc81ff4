package tocsin.local.api;

import java.net.URI;

/** A webhook endpoint as the sender shows it once, at its registration. */
public record WebhookEndpoint(String id, URI url, String secret) {

    @Override
    public String toString() {
        return "WebhookEndpoint[id=" + id + ", url=" + url + ", secret=redacted]";
    }
}
