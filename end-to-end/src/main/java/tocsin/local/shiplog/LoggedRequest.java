package tocsin.local.shiplog;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A request as an access log tells it.
 *
 * @param requestId unique within the log; empty where the format has none
 * @param target path as sent, without query
 * @param bytes of the answer's body; empty where the log does not tell
 * @param user who the proxy says it was; empty for nobody
 * @param tokenId SHA-256 of the token used, where the log tells of one
 */
record LoggedRequest(
        Optional<String> requestId,
        Instant at,
        String method,
        String target,
        int status,
        OptionalLong bytes,
        Optional<String> user,
        Optional<String> tokenId) {

    private static final int MAX_TARGET = 4096;
    private static final int MAX_METHOD = 32;

    /** @throws IllegalArgumentException if a part cannot be of a request; does not repeat it */
    LoggedRequest {
        if (method.isEmpty() || method.length() > MAX_METHOD) {
            throw new IllegalArgumentException("method is none");
        }
        target = withoutSecrets(target);
        if (target.length() > MAX_TARGET) {
            throw new IllegalArgumentException("path is too long");
        }
        if (status < 100 || status > 999) {
            throw new IllegalArgumentException("status is none");
        }
        if (bytes.isPresent() && bytes.getAsLong() < 0) {
            bytes = OptionalLong.empty();
        }
        user = user.filter(name -> !name.isBlank() && !name.equals("-") && !name.equals("anonymous"));
    }

    /** A query may carry a token, and the target of a proxy request a user and a password before its host; no path needs either. */
    private static String withoutSecrets(String target) {
        String path = target;
        int scheme = path.indexOf("://");
        if (scheme > 0 && scheme < 8) {
            int slash = path.indexOf('/', scheme + 3);
            path = slash < 0 ? "/" : path.substring(slash);
        }
        int query = path.indexOf('?');
        int fragment = path.indexOf('#');
        int end = Math.min(query < 0 ? path.length() : query, fragment < 0 ? path.length() : fragment);
        return path.substring(0, end);
    }

    /** Without path and user. */
    @Override
    public String toString() {
        return "LoggedRequest[" + at + ", " + status + "]";
    }
}
