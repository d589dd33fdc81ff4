package tocsin.local.shiplog;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A request as an access log tells it.
 *
 * @param requestId unique within the log; empty where the format has none
 * @param target path as sent, without query and without what may be a token
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

    private static final int MAX_METHOD = 32;

    /** @throws IllegalArgumentException if a part cannot be of a request; does not repeat it */
    LoggedRequest {
        if (method.isEmpty() || method.length() > MAX_METHOD) {
            throw new IllegalArgumentException("method is none");
        }
        target = LoggedPath.of(target);
        if (status < 100 || status > 999) {
            throw new IllegalArgumentException("status is none");
        }
        if (bytes.isPresent() && bytes.getAsLong() < 0) {
            bytes = OptionalLong.empty();
        }
        user = user.filter(name -> !name.isBlank() && !name.equals("-") && !name.equals("anonymous"));
    }

    /** Without path and user. */
    @Override
    public String toString() {
        return "LoggedRequest[" + at + ", " + status + "]";
    }
}
