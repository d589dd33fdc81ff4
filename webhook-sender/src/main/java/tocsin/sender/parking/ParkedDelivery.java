package tocsin.sender.parking;

import java.time.Instant;
import java.util.Map;

/**
 * A request that waits.
 *
 * @param round how often somebody had asked for it again; 0 for what was requested first
 * @param topic where it goes back to, without prefix
 * @param request the record's value, byte for byte
 * @param headers those of the record that go on with it
 * @param notBefore the earliest time at which it goes back
 */
@SuppressWarnings("ArrayRecordComponent") // bytes go through as they are; nobody compares these
public record ParkedDelivery(
        String webhookId,
        String endpointId,
        int round,
        String topic,
        byte[] request,
        Map<String, byte[]> headers,
        String reason,
        Instant parkedAt,
        Instant notBefore) {

    @Override
    public String toString() {
        return "ParkedDelivery[" + webhookId + " to " + endpointId + "]";
    }
}
