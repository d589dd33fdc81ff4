package tocsin.sender.endpoint;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an owner says of an endpoint, not judged yet; at a change, what is empty stays as it is.
 *
 * @param maxPerSecond 0: no limit
 */
record EndpointDraft(
        Optional<String> url,
        Optional<String> description,
        Optional<List<String>> eventTypes,
        Optional<String> format,
        Optional<Boolean> thin,
        Optional<Map<String, String>> headers,
        Optional<Integer> maxPerSecond) {

    /** Without the headers, whose values are secret. */
    @Override
    public String toString() {
        return "EndpointDraft[redacted]";
    }
}
