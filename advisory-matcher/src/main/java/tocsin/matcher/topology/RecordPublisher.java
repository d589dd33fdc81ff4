package tocsin.matcher.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Counter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.UndecodableMessageException;
import tocsin.service.kafka.QuarantineHeaders;
import tocsin.service.tracing.Tracing;

/**
 * Sends a processor's outputs to the topology's sinks. All go out through the task's own producer, which is flushed before the
 * offset of their cause is committed: so none is lost, and a crash repeats them.
 */
final class RecordPublisher {

    private static final Logger LOG = LoggerFactory.getLogger(RecordPublisher.class);

    private static final String ORIGIN = "tocsin-origin";
    private static final String ORIGINAL_KEY = "tocsin-original-key";
    private static final Set<String> OWN_HEADERS = Set.of(ORIGIN, ORIGINAL_KEY);
    private static final int MAX_TRACEPARENT_BYTES = 256;
    private static final int MAX_REASON_LENGTH = 500;

    /** With the headers that are added, a record of the largest size that a topic takes would be larger than it takes. */
    private static final int MAX_QUARANTINED_BYTES = 900_000;

    private static final int KEPT_OF_TOO_LARGE_BYTES = 64 * 1024;

    private final ProcessorContext<byte[], byte[]> context;
    private final MatchSettings settings;
    private final String quarantineSink;
    private final boolean rekeyed;

    RecordPublisher(ProcessorContext<byte[], byte[]> context, MatchSettings settings, String quarantineSink) {
        this(context, settings, quarantineSink, false);
    }

    private RecordPublisher(
            ProcessorContext<byte[], byte[]> context, MatchSettings settings, String quarantineSink, boolean rekeyed) {
        this.context = context;
        this.settings = settings;
        this.quarantineSink = quarantineSink;
        this.rekeyed = rekeyed;
    }

    /** For a processor whose records come through {@link #rekey}: what it quarantines goes there as it came in from outside. */
    static RecordPublisher ofRekeyed(
            ProcessorContext<byte[], byte[]> context, MatchSettings settings, String quarantineSink) {
        return new RecordPublisher(context, settings, quarantineSink, true);
    }

    /** @param messageId deterministic, so that a repeat is known as one */
    void send(String sink, Record<byte[], byte[]> cause, String key, byte[] value, String messageId) {
        Headers headers = traced(cause).add(MessageHeaders.MESSAGE_ID, messageId.getBytes(UTF_8));
        // Stamped anew: topics are kept by time, and advisories are processed under time 0.
        context.forward(
                new Record<>(key.getBytes(UTF_8), value, settings.clock().millis(), headers), sink);
    }

    /** @param header one more, beside the ordinary ones */
    void send(String sink, Record<byte[], byte[]> cause, String key, byte[] value, String messageId, Header header) {
        Headers headers = traced(cause)
                .add(MessageHeaders.MESSAGE_ID, messageId.getBytes(UTF_8))
                .add(header);
        context.forward(
                new Record<>(key.getBytes(UTF_8), value, settings.clock().millis(), headers), sink);
    }

    /** Tells how things stand, for whoever asks: nobody acts on it. */
    void tell(String sink, String key, byte[] value) {
        context.forward(
                new Record<>(key.getBytes(UTF_8), value, settings.clock().millis(), new RecordHeaders()), sink);
    }

    /** Sends what is left to do of the record to where it came from, under its key. */
    void sendRest(String sink, Record<byte[], byte[]> cause, byte[] rest) {
        Headers headers = traced(cause).add(MatchTopology.REST, new byte[0]);
        context.forward(new Record<>(cause.key(), rest, settings.clock().millis(), headers), sink);
    }

    /** Sends the record itself on under another key, at its own time, with where it came from and what it was there. */
    void rekey(String child, Record<byte[], byte[]> record, String key) {
        Headers headers = new RecordHeaders(record.headers())
                .add(ORIGIN, here().text().getBytes(UTF_8))
                .add(ORIGINAL_KEY, record.key());
        context.forward(new Record<>(key.getBytes(UTF_8), record.value(), record.timestamp(), headers), child);
    }

    /**
     * Reads a record and decides about it, or quarantines it. A fault of ours must not hold up the neighbours either: the same bytes
     * would bring it out at each repeat, until no thread is left.
     *
     * @param reading a store that fails in it is no reason to put the record aside
     * @return empty if it is quarantined
     */
    <T> Optional<T> orQuarantine(Record<byte[], byte[]> record, Supplier<T> reading) {
        try {
            return Optional.of(reading.get());
        } catch (UndecodableMessageException | IllegalArgumentException e) {
            quarantine(record, String.valueOf(e.getMessage()));
        } catch (StreamsException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.atError()
                    .setCause(e)
                    .addKeyValue("origin", originOf(record).text())
                    .log("record.not-decided");
            quarantine(record, "processing failed: " + e.getClass().getSimpleName());
        }
        return Optional.empty();
    }

    /**
     * As {@link #orQuarantine}, for records that may name somebody who asked to be forgotten: of a bad one only where it came from is
     * kept, neither key nor value nor headers.
     */
    <T> Optional<T> orQuarantineUnseen(Record<byte[], byte[]> record, Supplier<T> reading) {
        try {
            return Optional.of(reading.get());
        } catch (RuntimeException e) {
            Record<byte[], byte[]> unseen = new Record<>(null, null, record.timestamp(), new RecordHeaders());
            quarantine(unseen, "no erasure that can be read: " + e.getClass().getSimpleName());
        }
        return Optional.empty();
    }

    /** @param reason for people; made safe and cut */
    void quarantine(Record<byte[], byte[]> bad, String reason) {
        Origin origin = originOf(bad);
        byte[] key = rekeyed ? bad.headers().lastHeader(ORIGINAL_KEY).value() : bad.key();
        byte[] value = bad.value();
        Headers headers = rekeyed ? withoutOwn(bad.headers()) : new RecordHeaders(bad.headers());
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
        String topic = settings.unprefixed(origin.topic());
        Counter.builder("tocsin.quarantined.records")
                .description("records put into quarantine")
                .tag("topic", topic)
                .register(settings.registry())
                .increment();
        LOG.atWarn()
                .addKeyValue("topic", topic)
                .addKeyValue("partition", origin.partition())
                .addKeyValue("offset", origin.offset())
                .addKeyValue("reason", safeReason)
                .log("record.quarantined");
    }

    /** The topic, as the cluster names it, through which the record came in. */
    String originTopic(Record<byte[], byte[]> record) {
        return originOf(record).topic();
    }

    /** About how many bytes it takes in a topic. */
    static int length(Record<byte[], byte[]> record) {
        return length(record.key()) + length(record.value()) + length(record.headers());
    }

    private Origin originOf(Record<byte[], byte[]> record) {
        return rekeyed
                ? Origin.parse(new String(record.headers().lastHeader(ORIGIN).value(), UTF_8))
                : here();
    }

    /** Ours are the last ones of their names: somebody outside may use the same. */
    private static Headers withoutOwn(Headers headers) {
        List<Header> without = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (Header header : Arrays.asList(headers.toArray()).reversed()) {
            if (!OWN_HEADERS.contains(header.key()) || !taken.add(header.key())) {
                without.add(header);
            }
        }
        return new RecordHeaders(without.reversed());
    }

    private Origin here() {
        return context.recordMetadata()
                .map(metadata -> new Origin(metadata.topic(), metadata.partition(), metadata.offset()))
                .orElseThrow(() -> new IllegalStateException("only records that were read have a place"));
    }

    private static Headers traced(Record<byte[], byte[]> cause) {
        Headers headers = new RecordHeaders();
        Tracing.current()
                .<Header>map(step -> new RecordHeader(MessageHeaders.TRACEPARENT, step.bytes()))
                .or(() -> Optional.ofNullable(cause.headers().lastHeader(MessageHeaders.TRACEPARENT))
                        .filter(traceparent -> length(traceparent.value()) <= MAX_TRACEPARENT_BYTES))
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
            // Its lengths included: empty ones are not free.
            length += 4 + header.key().getBytes(UTF_8).length + length(header.value());
        }
        return length;
    }

    private static byte[] cut(byte[] bytes) {
        return length(bytes) > KEPT_OF_TOO_LARGE_BYTES ? Arrays.copyOf(bytes, KEPT_OF_TOO_LARGE_BYTES) : bytes;
    }

    /** Without signs that change how text is read, and no longer than people read. */
    static String safe(String reason) {
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
