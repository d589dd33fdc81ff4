package tocsin.tracker.artifact;

import java.util.OptionalLong;

/**
 * A request as the proxy's log tells it.
 *
 * @param path request target as sent, percent-encoding kept, without the host; of any length, as anybody may ask for anything
 * @param status HTTP status answered
 * @param bytes length of the answer's body; empty when the log does not tell
 */
public record ProxyRequest(String method, String path, int status, OptionalLong bytes) {}
