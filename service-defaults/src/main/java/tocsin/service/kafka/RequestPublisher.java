package tocsin.service.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micronaut.http.context.ServerRequestContext;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tocsin.service.http.Problem;
import tocsin.service.tracing.TraceParent;

/**
 * Writes to one topic what HTTP requests bring, and returns when the broker has it: the answer may say so then. Safe for use by many threads.
 */
public final class RequestPublisher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RequestPublisher.class);

    /** Somebody waits for an answer: sooner than a producer gives up otherwise. */
    private static final Map<String, Object> PATIENCE = Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000,
            ProducerConfig.LINGER_MS_CONFIG, 0);

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final String unavailable;

    /**
     * @param clientId of the producer
     * @param topic without prefix
     * @param unavailable what the caller is told if the broker does not take it in time; says what to do, since the message may be there all the same
     */
    public RequestPublisher(KafkaClients clients, String clientId, String topic, String unavailable) {
        this.producer = clients.producer(clientId, PATIENCE);
        this.topic = clients.topic(topic);
        this.unavailable = unavailable;
    }

    /** A message, encoded, under the key of its record. */
    @SuppressWarnings("ArrayRecordComponent") // on its way out; never compared
    public record Keyed(String key, byte[] message) {}

    /** @throws Problem 503 if the broker did not take it in time; it may be there then */
    public void publish(String key, byte[] message) {
        send(List.of(record(key, message)));
    }

    /** As {@link #publish(String, byte[])}, with text in the record's headers. */
    public void publish(String key, byte[] message, Map<String, String> headers) {
        ProducerRecord<byte[], byte[]> record = record(key, message);
        headers.forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
        send(List.of(record));
    }

    /** @throws Problem 503 if the broker did not take all of them in time; some may be there then */
    public void publishAll(List<Keyed> messages) {
        send(messages.stream()
                .map(message -> record(message.key(), message.message()))
                .toList());
    }

    /**
     * Ends what a compacted topic keeps under the key, if anything.
     *
     * @throws Problem 503 if the broker did not take it in time
     */
    public void remove(String key) {
        send(List.of(new ProducerRecord<>(topic, key.getBytes(UTF_8), null)));
    }

    private ProducerRecord<byte[], byte[]> record(String key, byte[] message) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key.getBytes(UTF_8), message);
        // Whoever asks may have a trace of his own, which then goes on here.
        ServerRequestContext.currentRequest()
                .flatMap(request -> TraceParent.parse(request.getHeaders().get(TraceParent.HEADER)))
                .ifPresent(cause -> record.headers().add(TraceParent.HEADER, cause.bytes()));
        return record;
    }

    private void send(List<ProducerRecord<byte[], byte[]>> records) {
        try {
            DurableSend.all(producer, records);
        } catch (KafkaException e) {
            throw refusal(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw refusal(e);
        }
    }

    private Problem refusal(Exception cause) {
        LOG.atWarn().addKeyValue("topic", topic).setCause(cause).log("request.not_stored");
        return Problem.unavailable(unavailable);
    }

    @Override
    public void close() {
        producer.close();
    }
}
