package tocsin.service.kafka;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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

    public BadRecord {
        headers = new RecordHeaders(headers);
    }

    public static BadRecord of(ConsumerRecord<byte[], byte[]> record) {
        return new BadRecord(
                record.topic(), record.partition(), record.offset(), record.key(), record.value(), record.headers());
    }

    /** Where it came from, never what is in it. */
    @Override
    public String toString() {
        return "BadRecord" + Map.of("topic", topic, "partition", partition, "offset", offset);
    }
}
