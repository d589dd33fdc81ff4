package tocsin.sender.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import tocsin.schemas.UndecodableMessageException;

/** Whose endpoints are, as their requests say. That never changes, so only the first request of each is read for it, and of those heard of long ago one more. */
final class EndpointOwners {

    private static final int MOST = 10_000;

    private final Map<String, String> owners = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MOST;
        }
    });

    /** @return the organisation; empty if nobody can read the request */
    String of(byte[] key, byte[] value) {
        String endpoint = new String(key, UTF_8);
        String known = owners.get(endpoint);
        if (known != null) {
            return known;
        }
        try {
            String owner = WebhookMessage.decode(value).delivery().orgId();
            owners.put(endpoint, owner);
            return owner;
        } catch (UndecodableMessageException _) {
            return "";
        }
    }
}
