package tocsin.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One attempt at one record, as the handler sees it. The byte arrays are shared, not copied: do not change them.
 *
 * @param topic where it was read: the source topic, or a tier's after a retry
 * @param key empty where the record has none
 * @param value the body, the same bytes at each attempt; empty where the record has none
 * @param headers all headers of the record, those of the engine included
 * @param attempt 1 for the first; a deferral or a fault of ours does not count
 * @param firstAttemptAt when the handler was first asked; at the first attempt, now
 * @param lastError the reason given by the attempt before this one
 */
@SuppressWarnings("ArrayRecordComponent") // identified by topic, partition and offset, never compared by value
public record Delivery(
        String topic,
        int partition,
        long offset,
        byte[] key,
        byte[] value,
        List<MessageHeader> headers,
        int attempt,
        Instant firstAttemptAt,
        Optional<String> lastError) {

    public Delivery {
        headers = List.copyOf(headers);
    }

    /** The last header of that name as UTF-8 text. */
    public Optional<String> header(String name) {
        return RetryHeaders.last(headers, name);
    }

    /** Without key and body, which may be personal data. */
    @Override
    public String toString() {
        return "Delivery[" + topic + "-" + partition + "@" + offset + ", attempt " + attempt + "]";
    }
}
