package tocsin.sender.endpoint;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where an organisation wants its webhooks.
 *
 * @param id {@code WH} and 26 characters of base32
 * @param eventTypes what it subscribed to; empty: only what names it
 * @param thin whether notices of breaches go there without what was downloaded, as a summary with a link
 * @param headerNames of the headers that its owner wants sent with each message
 * @param publicKey of the key that signs beside its secrets, if one does
 * @param maxPerSecond attempts, over all instances; empty: as many as come
 * @param disabledFor why nothing is sent; empty while it is enabled
 */
public record Endpoint(
        String id,
        String orgId,
        URI url,
        String description,
        List<String> eventTypes,
        EndpointFormat format,
        boolean thin,
        List<String> headerNames,
        Optional<String> publicKey,
        Optional<Integer> maxPerSecond,
        Optional<String> disabledFor,
        Instant createdAt) {

    public Endpoint {
        eventTypes = List.copyOf(eventTypes);
        headerNames = List.copyOf(headerNames);
    }

    Endpoint withHeaderNames(List<String> names) {
        return new Endpoint(
                id,
                orgId,
                url,
                description,
                eventTypes,
                format,
                thin,
                names,
                publicKey,
                maxPerSecond,
                disabledFor,
                createdAt);
    }

    public boolean isEnabled() {
        return disabledFor.isEmpty();
    }

    /** Without the URL, whose path or query may be a token of the receiver's. */
    @Override
    public String toString() {
        return "Endpoint[" + id + ", org=" + orgId + ", enabled=" + isEnabled() + "]";
    }
}
