package tocsin.tracker.artifact;

import java.util.OptionalLong;

/**
 * A request as the proxy's log tells it.
 *
 * @param path request target as sent, percent-encoding kept, without the host
 * @param status HTTP status answered
 * @param bytes length of the answer's body; empty when the log does not tell
 */
public record ProxyRequest(String method, String path, int status, OptionalLong bytes) {

    private static final int MAX_METHOD_LENGTH = 32;
    private static final int MAX_PATH_LENGTH = 2048;

    /** @throws IllegalArgumentException if method or path is longer than any that a registry serves. */
    public ProxyRequest {
        if (method.length() > MAX_METHOD_LENGTH) {
            throw new IllegalArgumentException("method has more than " + MAX_METHOD_LENGTH + " characters");
        }
        if (path.length() > MAX_PATH_LENGTH) {
            throw new IllegalArgumentException("path has more than " + MAX_PATH_LENGTH + " characters");
        }
    }
}
