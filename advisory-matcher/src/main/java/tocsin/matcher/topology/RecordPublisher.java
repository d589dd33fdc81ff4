package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.MessageHeaders;
import tocsin.service.kafka.QuarantineHeaders;

/**
 * Sends a processor's outputs to the topology's sinks. All go out through the task's own producer, which is flushed before the
 * offset of their cause is committed: so none is lost, and a crash repeats them.
 */
final class RecordPublisher {

    private static final Logger LOG = LoggerFactory.getLogger(RecordPublisher.class);

    private static final String ORIGIN = "origin";
    private static final int MAX_TRACEPARENT_BYTES = 256;
    private static final int MAX_REASON_LENGTH = 500;

    /** With the headers that are added, a record of the largest size that a topic takes would be larger than it takes. */
    private static final int MAX_QUARANTINED_BYTES = 900_000;

    private static final int KEPT_OF_TOO_LARGE_BYTES = 64 * 1024;

    private final ProcessorContext<byte[], byte[]> context;
    private final MatchSettings settings;
    private final String quarantineSink;

    RecordPublisher(ProcessorContext<byte[], byte[]> context, MatchSettings settings, String quarantineSink) {
        this.context = context;
        this.settings = settings;
        this.quarantineSink = quarantineSink;
    }

    /** @param messageId deterministic, so that a repeat is known as one */
    void send(String sink, Record<byte[], byte[]> cause, String key, byte[] value, String messageId) {
        Headers headers = traced(cause).add(MessageHeaders.MESSAGE_ID, messageId.getBytes(UTF_8));
        // Stamped anew: topics are kept by time, and advisories are processed under time 0.
        context.forward(
                new Record<>(key.getBytes(UTF_8), value, settings.clock().millis(), headers), sink);
    }

    /** Sends the record itself on under another key, at its own time, with where it came from. */
    void rekey(String child, Record<byte[], byte[]> record, String key) {
        Headers headers = traced(record).add(ORIGIN, here().text().getBytes(UTF_8));
        context.forward(new Record<>(key.getBytes(UTF_8), record.value(), record.timestamp(), headers), child);
    }

    /** @param reason for people; made safe and cut */
    void quarantine(Record<byte[], byte[]> bad, String reason) {
        quarantine(bad, here(), reason);
    }

    /** As {@link #quarantine} for a record that came through {@link #rekey}. */
    void quarantineRekeyed(Record<byte[], byte[]> bad, String reason) {
        quarantine(bad, Origin.parse(new String(bad.headers().lastHeader(ORIGIN).value(), UTF_8)), reason);
    }

    private void quarantine(Record<byte[], byte[]> bad, Origin origin, String reason) {
        byte[] key = bad.key();
        byte[] value = bad.value();
        Headers headers = new RecordHeaders(bad.headers()).remove(ORIGIN);
        String safeReason = safe(reason);
        if (length(key) + length(value) + length(headers) > MAX_QUARANTINED_BYTES) {
            key = cut(key);
            value = cut(value);
            headers = new RecordHeaders();
            safeReason = safe("too large to keep whole; " + reason);
        }
        replace(headers, QuarantineHeaders.REASON, safeReason);
        replace(headers, QuarantineHeaders.TOPIC, origin.topic());
        replace(headers, QuarantineHeaders.PARTITION, Integer.toString(origin.partition()));
        replace(headers, QuarantineHeaders.OFFSET, Long.toString(origin.offset()));
        replace(headers, QuarantineHeaders.AT, settings.clock().instant().toString());
        context.forward(new Record<>(key, value, settings.clock().millis(), headers), quarantineSink);
        settings.registry()
                .counter("tocsin.quarantined.records", "topic", origin.topic())
                .increment();
        LOG.atWarn()
                .addKeyValue("topic", origin.topic())
                .addKeyValue("partition", origin.partition())
                .addKeyValue("offset", origin.offset())
                .addKeyValue("reason", safeReason)
                .log("record.quarantined");
    }

    private Origin here() {
        return context.recordMetadata()
                .map(metadata -> new Origin(metadata.topic(), metadata.partition(), metadata.offset()))
                .orElseThrow(() -> new IllegalStateException("only records that were read have a place"));
    }

    private static Headers traced(Record<byte[], byte[]> cause) {
        Headers headers = new RecordHeaders();
        Optional.ofNullable(cause.headers().lastHeader(MessageHeaders.TRACEPARENT))
                .filter(traceparent -> length(traceparent.value()) <= MAX_TRACEPARENT_BYTES)
                .ifPresent(headers::add);
        return headers;
    }

    private static void replace(Headers headers, String name, String value) {
        headers.remove(name);
        headers.add(name, value.getBytes(UTF_8));
    }

    private static int length(byte[] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static int length(Headers headers) {
        int length = 0;
        for (Header header : headers) {
            length += header.key().length() + length(header.value());
        }
        return length;
    }

    private static byte[] cut(byte[] bytes) {
        return length(bytes) > KEPT_OF_TOO_LARGE_BYTES ? Arrays.copyOf(bytes, KEPT_OF_TOO_LARGE_BYTES) : bytes;
    }

    private static String safe(String reason) {
        StringBuilder safe = new StringBuilder();
        reason.codePoints()
                .limit(MAX_REASON_LENGTH)
                .map(c -> switch (Character.getType(c)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR -> ' ';
                    default -> c;
                })
                .forEach(safe::appendCodePoint);
        while (safe.length() > MAX_REASON_LENGTH) {
            safe.setLength(safe.offsetByCodePoints(safe.length(), -1));
        }
        return safe.toString();
    }
}
