package tocsin.service.outbox;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tocsin.service.tracing.TraceParent;

/**
 * What is to be sent.
 *
 * @param topic without prefix
 * @param key null only where order and compaction mean nothing
 * @param value null for a tombstone; with key and headers at most {@link #MAX_BYTES}
 * @param headers sent in this order
 */
@SuppressWarnings("ArrayRecordComponent") // Bytes go through as they are; nobody compares these records.
public record OutboxRecord(String topic, byte @Nullable [] key, byte @Nullable [] value, Map<String, byte[]> headers) {

    /** Below what a broker takes by default: one record that it refuses would hold up all behind it for ever. */
    public static final int MAX_BYTES = 900_000;

    /** @throws IllegalArgumentException if it is too large to be sent */
    public OutboxRecord {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        long bytes = size(key, value, headers);
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a record for " + topic + " has " + bytes + " bytes, more than " + MAX_BYTES);
        }
    }

    public OutboxRecord(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        this(topic, key, value, Map.of());
    }

    /** The same, caused there; as it is where it would be too large with that, since a trace is not worth a message. */
    public OutboxRecord causedBy(TraceParent cause) {
        if (headers.containsKey(TraceParent.HEADER)
                || size(key, value, headers) > MAX_BYTES - 5L * TraceParent.HEADER.length() - cause.bytes().length) {
            return this;
        }
        Map<String, byte[]> more = new LinkedHashMap<>(headers);
        more.put(TraceParent.HEADER, cause.bytes());
        return new OutboxRecord(topic, key, value, more);
    }

    private static long size(byte @Nullable [] key, byte @Nullable [] value, Map<String, byte[]> headers) {
        long bytes = (long) (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
        for (Map.Entry<String, byte[]> header : headers.entrySet()) {
            bytes += 4L * header.getKey().length() + header.getValue().length;
        }
        return bytes;
    }

    /** Where it goes and how large it is, never what is in it. */
    @Override
    public String toString() {
        return "OutboxRecord[topic=" + topic + ", bytes=" + (value == null ? 0 : value.length) + "]";
    }
}
