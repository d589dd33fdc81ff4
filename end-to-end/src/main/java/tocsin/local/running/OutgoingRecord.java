package tocsin.local.running;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A record to send.
 *
 * @param topic with the cluster's prefix
 * @param partition empty: the key decides
 */
public record OutgoingRecord(
        String topic,
        OptionalInt partition,
        Optional<Bytes> key,
        Optional<Bytes> value,
        List<RecordHeaderValue> headers) {

    public OutgoingRecord {
        headers = List.copyOf(headers);
    }

    /** Without headers, and where the key belongs. */
    public static OutgoingRecord of(String topic, String key, byte[] value) {
        return new OutgoingRecord(
                topic, OptionalInt.empty(), Optional.of(Bytes.of(key)), Optional.of(Bytes.of(value)), List.of());
    }

    public OutgoingRecord with(String header, String text) {
        List<RecordHeaderValue> more = new ArrayList<>(headers);
        more.add(new RecordHeaderValue(header, Optional.of(Bytes.of(text))));
        return new OutgoingRecord(topic, partition, key, value, more);
    }
}
