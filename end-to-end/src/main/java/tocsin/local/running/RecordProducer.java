package tocsin.local.running;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Sends records and tells where each came to lie once all replicas have it. Safe for use by many threads. */
public final class RecordProducer implements AutoCloseable {

    /** The largest value that is sent: a broker's default limit, less what key, headers and framing take. */
    public static final int MAX_VALUE_BYTES = 1_000_000;

    private static final Duration ACK_LIMIT = Duration.ofSeconds(30);

    private final BrokerAddress broker;
    private final Producer<byte[], byte[]> producer;

    /** Does not connect yet: a broker that is not there shows at the first send. */
    public RecordProducer(BrokerAddress broker) {
        this.broker = broker;
        // A record that is redriven may be as large as any topic takes; the topic says what is too large.
        Map<String, Object> settings = new HashMap<>();
        settings.put("max.block.ms", ACK_LIMIT.toMillis());
        settings.putAll(broker.client());
        // What makes records safe is not for a file to say.
        settings.putAll(Map.ofEntries(
                Map.entry("bootstrap.servers", broker.bootstrapServers()),
                Map.entry("client.id", "tocsin-command"),
                Map.entry("acks", "all"),
                Map.entry("enable.idempotence", true),
                Map.entry("compression.type", "lz4"),
                Map.entry("linger.ms", 5),
                Map.entry("max.request.size", 4 * 1024 * 1024),
                Map.entry("delivery.timeout.ms", (int) ACK_LIMIT.toMillis()),
                Map.entry("request.timeout.ms", 10_000),
                Map.entry("enable.metrics.push", false)));
        try {
            this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            throw new Complaint("cannot speak to a broker at " + broker.bootstrapServers(), e);
        }
    }

    /** As {@link #send}, when the broker has it. @throws Complaint if it does not take it */
    public RecordPlace sendNow(OutgoingRecord outgoing) {
        try {
            return send(outgoing).get(ACK_LIMIT.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw refused(outgoing, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw refused(outgoing, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    /** Blocks while too much is on its way. The future fails with what the client says. */
    public CompletableFuture<RecordPlace> send(OutgoingRecord outgoing) {
        CompletableFuture<RecordPlace> place = new CompletableFuture<>();
        List<Header> headers = outgoing.headers().stream()
                .<Header>map(header -> new RecordHeader(header.name(), arrayOf(header.value())))
                .toList();
        Integer partition =
                outgoing.partition().isPresent() ? outgoing.partition().getAsInt() : null;
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                outgoing.topic(), partition, null, arrayOf(outgoing.key()), arrayOf(outgoing.value()), headers);
        try {
            Future<RecordMetadata> _ = producer.send(record, (metadata, failure) -> {
                if (failure == null) {
                    place.complete(new RecordPlace(metadata.topic(), metadata.partition(), metadata.offset()));
                } else {
                    place.completeExceptionally(failure);
                }
            });
        } catch (KafkaException e) {
            place.completeExceptionally(e);
        }
        return place;
    }

    /** Returns when each that was sent is acknowledged or has failed. */
    public void flush() {
        producer.flush();
    }

    private static byte @Nullable [] arrayOf(Optional<Bytes> bytes) {
        return bytes.isPresent() ? bytes.get().toArray() : null;
    }

    private Complaint refused(OutgoingRecord outgoing, Throwable cause) {
        return new Complaint(
                "the broker at " + broker.bootstrapServers() + " did not take a record for " + outgoing.topic() + ": "
                        + cause.getMessage(),
                cause);
    }

    @Override
    public void close() {
        producer.close(ACK_LIMIT);
    }
}
