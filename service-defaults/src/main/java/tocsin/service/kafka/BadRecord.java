package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A record that cannot be read, with where it came from.
 *
 * @param topic with the cluster's prefix
 * @param headers copied; its own, also those of an earlier quarantine
 */
@SuppressWarnings("ArrayRecordComponent") // Kafka's own type for keys and values; nobody compares bad records.
public record BadRecord(
        String topic, int partition, long offset, byte @Nullable [] key, byte @Nullable [] value, Headers headers) {

    private static final int LARGEST_KEY = 1024;
    private static final int LARGEST_HEADERS = 4 * 1024;

    public BadRecord {
        headers = new RecordHeaders(headers);
    }

    public static BadRecord of(ConsumerRecord<byte[], byte[]> record) {
        return new BadRecord(
                record.topic(), record.partition(), record.offset(), record.key(), record.value(), record.headers());
    }

    /**
     * Only where the record is: for one that may hold a secret, which key and headers may hold as well as the value. Both are empty rather than absent,
     * as a record without a value would mean a removal.
     */
    public static BadRecord coordinatesOf(ConsumerRecord<byte[], byte[]> record) {
        return new BadRecord(
                record.topic(), record.partition(), record.offset(), new byte[0], new byte[0], new RecordHeaders());
    }

    /** About how many bytes key, value and headers have. */
    long bytes() {
        long bytes = (long) length(key) + length(value);
        for (Header header : headers) {
            bytes += length(header);
        }
        return bytes;
    }

    /** What any topic takes of it, see {@link QuarantineHeaders#TRUNCATED}. */
    BadRecord truncated() {
        Headers small = new RecordHeaders();
        int room = LARGEST_HEADERS;
        for (Header header : headers) {
            if (length(header) <= room) {
                room -= length(header);
                small.add(header);
            }
        }
        return new BadRecord(topic, partition, offset, length(key) <= LARGEST_KEY ? key : null, null, small);
    }

    /** About what it takes in a record, its lengths included: empty ones are not free. */
    private static int length(Header header) {
        return 4 + header.key().getBytes(UTF_8).length + length(header.value());
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** Where it came from, never what is in it. */
    @Override
    public String toString() {
        return "BadRecord" + Map.of("topic", topic, "partition", partition, "offset", offset);
    }
}
