package tocsin.testsupport;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A request as it came in. Immutable; the body is the very bytes, which a signature covers.
 *
 * @see WebhookReceiver#received()
 */
public final class ReceivedRequest {

    private final String method;
    private final String path;
    private final Map<String, List<String>> headers;
    private final byte[] body;
    private final Instant receivedAt;
    private final long receivedNanos;

    ReceivedRequest(
            String method,
            String path,
            Map<String, List<String>> headers,
            byte[] body,
            Instant receivedAt,
            long receivedNanos) {
        Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, values) -> copy.put(name, List.copyOf(values)));
        this.method = method;
        this.path = path;
        this.headers = Collections.unmodifiableMap(copy);
        this.body = body.clone();
        this.receivedAt = receivedAt;
        this.receivedNanos = receivedNanos;
    }

    public String method() {
        return method;
    }

    /** With the query, if there was one. */
    public String path() {
        return path;
    }

    /** Looked up whatever the case of the name. */
    public Map<String, List<String>> headers() {
        return headers;
    }

    /** The first of that name, whatever its case. */
    public Optional<String> header(String name) {
        return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    public byte[] body() {
        return body.clone();
    }

    public String bodyText() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** By the receiver's clock, when the body had been read. */
    public Instant receivedAt() {
        return receivedAt;
    }

    /** {@link System#nanoTime()} of the same moment: for measuring how far apart requests of one JVM came. */
    public long receivedNanos() {
        return receivedNanos;
    }

    @Override
    public String toString() {
        return method + " " + path + " " + headers + " " + body.length + " bytes at " + receivedAt;
    }
}
