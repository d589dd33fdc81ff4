package tocsin.tracker.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A record of {@code download.observed} as it lies in {@code download.waiting}: its own bytes and headers, and beside them where and when it first
 * came, so that the wait changes nothing of what is made of it.
 */
final class ParkedRecordFactory {

    /** Where in {@code download.observed} it came from. */
    static final String PARTITION = "waiting-partition";

    static final String OFFSET = "waiting-offset";
    /** When it came there: milliseconds since the epoch. */
    static final String RECEIVED_AT = "waiting-received-at";

    private static final List<String> OWN = List.of(PARTITION, OFFSET, RECEIVED_AT);

    /** Far more than any request needs; what is larger is padding, and would be held in memory. */
    private static final int MAX_BYTES = 64 * 1024;

    private ParkedRecordFactory() {}

    static boolean isSmall(ConsumerRecord<byte[], byte[]> observed) {
        return bytes(observed) <= MAX_BYTES;
    }

    /** About what it takes. */
    static long bytes(ConsumerRecord<byte[], byte[]> record) {
        long bytes = (long) length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            // Empty ones are not free.
            bytes += 4L + header.key().length() + length(header.value());
        }
        return bytes;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    static ProducerRecord<byte[], byte[]> of(ConsumerRecord<byte[], byte[]> observed, String waitingTopic) {
        Headers headers = withoutOwn(observed.headers());
        headers.add(PARTITION, Integer.toString(observed.partition()).getBytes(UTF_8));
        headers.add(OFFSET, Long.toString(observed.offset()).getBytes(UTF_8));
        headers.add(RECEIVED_AT, Long.toString(observed.timestamp()).getBytes(UTF_8));
        return new ProducerRecord<>(waitingTopic, null, null, observed.key(), observed.value(), headers);
    }

    /** As it first came. Of one that does not tell, which only a stranger can have put there, it is its place here. */
    static ConsumerRecord<byte[], byte[]> observed(ConsumerRecord<byte[], byte[]> waiting, String observedTopic) {
        Optional<Long> partition = number(waiting, PARTITION).filter(value -> value <= Integer.MAX_VALUE);
        Optional<Long> offset = number(waiting, OFFSET);
        Optional<Long> receivedAt = number(waiting, RECEIVED_AT);
        boolean told = partition.isPresent() && offset.isPresent() && receivedAt.isPresent();
        return new ConsumerRecord<>(
                told ? observedTopic : waiting.topic(),
                told ? Math.toIntExact(partition.get()) : waiting.partition(),
                told ? offset.get() : waiting.offset(),
                told ? receivedAt.get() : waiting.timestamp(),
                TimestampType.LOG_APPEND_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                waiting.key(),
                waiting.value(),
                withoutOwn(waiting.headers()),
                Optional.empty());
    }

    private static Headers withoutOwn(Headers headers) {
        Headers rest = new RecordHeaders(headers);
        OWN.forEach(rest::remove);
        return rest;
    }

    private static Optional<Long> number(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        if (header == null || header.value() == null || header.value().length > 19) {
            return Optional.empty();
        }
        try {
            return Optional.of(Long.parseLong(new String(header.value(), UTF_8)))
                    .filter(value -> value >= 0);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
