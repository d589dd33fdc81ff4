package tocsin.sender.egress;

import java.net.URI;
import java.util.SequencedMap;

/**
 * One POST.
 *
 * @param target an https URL with a host
 * @param owner on whose account it is: look-ups are shared out among owners
 * @param headers in the order in which they are sent
 */
@SuppressWarnings("ArrayRecordComponent") // the very bytes that were signed; requests are not compared
public record EgressRequest(URI target, String owner, SequencedMap<String, String> headers, byte[] body) {

    public EgressRequest {
        if (target.getHost() == null || !"https".equalsIgnoreCase(target.getScheme())) {
            throw new IllegalArgumentException("the target is no https URL with a host");
        }
    }

    /** Without path and query, which may hold a customer's token. */
    @Override
    public String toString() {
        return "EgressRequest[host=" + target.getHost() + "]";
    }
}
