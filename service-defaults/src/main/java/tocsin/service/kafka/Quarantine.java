package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a service puts records that it cannot read: topic {@code <service>.quarantine}, bytes and headers as they came and
 * {@link QuarantineHeaders} beside. Of a record that the topic cannot take for its size, a stub without value is put there, with
 * {@link QuarantineHeaders#TRUNCATED}. There is a bean of it in every service. Safe for use by many threads.
 */
public final class Quarantine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Quarantine.class);
    private static final int LONGEST_REASON = 500;

    private final KafkaClients clients;
    private final String service;
    private final Clock clock;
    private final MeterRegistry registry;
    private final ReentrantLock producerLock = new ReentrantLock();
    private @Nullable Producer<byte[], byte[]> producer;

    /** @param service names the topic, without prefix: {@code download-tracker} has {@code download-tracker.quarantine} */
    public Quarantine(KafkaClients clients, String service, Clock clock, MeterRegistry registry) {
        this.clients = clients;
        this.service = service;
        this.clock = clock;
        this.registry = registry;
    }

    /** As the cluster knows it. */
    public String topic() {
        return clients.topic(service + ".quarantine");
    }

    /**
     * Returns once the broker has it; then the record's offset may advance.
     *
     * @param reason for a person; made safe and cut to 500 characters. Not the record's content
     * @throws KafkaException if the broker did not take it in time, or the thread was interrupted (the flag is set then)
     */
    public void put(ConsumerRecord<byte[], byte[]> bad, String reason) {
        put(BadRecord.of(bad), reason);
    }

    /** As {@link #put(ConsumerRecord, String)}, for callers that have no consumer record. */
    public void put(BadRecord bad, String reason) {
        String safeReason = safe(reason);
        Map<String, String> marks = marks(bad, safeReason);
        boolean whole = true;
        try {
            try {
                DurableSend.one(producer(), record(bad, marks));
            } catch (KafkaException e) {
                if (!(e.getCause() instanceof RecordTooLargeException)) {
                    throw e;
                }
                // It would never fit, and hold up its neighbours for ever.
                whole = false;
                marks.put(QuarantineHeaders.TRUNCATED, Long.toString(bad.bytes()));
                DurableSend.one(producer(), record(bad.truncated(), marks));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while a record went to " + topic(), e);
        }
        tell(bad, safeReason, whole);
    }

    /**
     * As {@link #put(BadRecord, String)} for many, which wait for the broker together.
     *
     * @throws KafkaException if one or more were not taken; each of the others may be in quarantine
     */
    public void putAll(List<Refused> refused) {
        List<Refused> rest = refused;
        while (!rest.isEmpty()) {
            DurableSend.Progress progress = sendWhole(rest);
            for (Refused one : rest.subList(0, progress.acknowledged())) {
                tell(one.record(), safe(one.reason()), true);
            }
            if (progress.failure().isEmpty()) {
                return;
            }
            // Alone it is cut if it is too large, which would fail every repeat; any other failure is the caller's.
            Refused failed = rest.get(progress.acknowledged());
            put(failed.record(), failed.reason());
            rest = rest.subList(progress.acknowledged() + 1, rest.size());
        }
    }

    /** @param reason for a person; not the record's content */
    public record Refused(BadRecord record, String reason) {}

    private DurableSend.Progress sendWhole(List<Refused> refused) {
        try {
            return DurableSend.upToFirstFailure(
                    producer(),
                    refused.stream()
                            .map(one -> record(one.record(), marks(one.record(), safe(one.reason()))))
                            .toList());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while records went to " + topic(), e);
        }
    }

    private void tell(BadRecord bad, String safeReason, boolean whole) {
        String origin = clients.unprefixed(bad.topic());
        Counter.builder("tocsin.quarantined.records")
                .description("records put into quarantine")
                .tag("topic", origin)
                .register(registry)
                .increment();
        LOG.atWarn()
                .addKeyValue("topic", origin)
                .addKeyValue("partition", bad.partition())
                .addKeyValue("offset", bad.offset())
                .addKeyValue("reason", safeReason)
                .addKeyValue("whole", whole)
                .log("record.quarantined");
    }

    private Map<String, String> marks(BadRecord bad, String reason) {
        return new HashMap<>(Map.of(
                QuarantineHeaders.REASON, reason,
                QuarantineHeaders.TOPIC, bad.topic(),
                QuarantineHeaders.PARTITION, Integer.toString(bad.partition()),
                QuarantineHeaders.OFFSET, Long.toString(bad.offset()),
                QuarantineHeaders.AT, clock.instant().toString()));
    }

    private ProducerRecord<byte[], byte[]> record(BadRecord bad, Map<String, String> marks) {
        Headers headers = new RecordHeaders(bad.headers());
        headers.remove(QuarantineHeaders.TRUNCATED);
        marks.forEach((name, value) -> {
            // One that was sent back and is still bad says only where it was last.
            headers.remove(name);
            headers.add(name, value.getBytes(UTF_8));
        });
        return new ProducerRecord<>(topic(), null, null, bad.key(), bad.value(), headers);
    }

    private static String safe(String reason) {
        StringBuilder safe = new StringBuilder();
        reason.codePoints()
                .map(c -> isHarmless(c) ? c : ' ')
                .limit(LONGEST_REASON)
                .forEach(safe::appendCodePoint);
        while (safe.length() > LONGEST_REASON) {
            safe.setLength(safe.offsetByCodePoints(safe.length(), -1));
        }
        return safe.toString();
    }

    private static boolean isHarmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private Producer<byte[], byte[]> producer() {
        producerLock.lock();
        try {
            if (producer == null) {
                // What came in with the largest size a topic takes is larger here by its new headers.
                producer = clients.producer(
                        service + "-quarantine", Map.of(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 4 * 1024 * 1024));
            }
            return producer;
        } finally {
            producerLock.unlock();
        }
    }

    @Override
    public void close() {
        producerLock.lock();
        try {
            if (producer != null) {
                producer.close();
                producer = null;
            }
        } finally {
            producerLock.unlock();
        }
    }
}
