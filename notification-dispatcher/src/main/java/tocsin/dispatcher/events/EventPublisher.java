package tocsin.dispatcher.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micronaut.context.annotation.Bean;
import jakarta.inject.Singleton;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PlatformEvent;
import tocsin.service.http.Problem;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.KafkaClients;

/** Writes {@code platform.event}. */
@Singleton
@Bean(preDestroy = "close")
final class EventPublisher implements AutoCloseable {

    /** Somebody waits for an answer: sooner than a producer gives up otherwise. */
    private static final Map<String, Object> PATIENCE = Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000,
            ProducerConfig.LINGER_MS_CONFIG, 0);

    private final MessageCodec<PlatformEvent> codec = MessageCodec.of(PlatformEvent.class);
    private final Producer<byte[], byte[]> producer;
    private final String topic;

    EventPublisher(KafkaClients clients) {
        this.producer = clients.producer("notification-dispatcher-events", PATIENCE);
        this.topic = clients.topic(Topics.PLATFORM_EVENT.name());
    }

    /**
     * Returns when the broker has it.
     *
     * @throws Problem 503 if it did not take it in time
     */
    void publish(PlatformEvent event) {
        try {
            DurableSend.one(
                    producer, new ProducerRecord<>(topic, event.getOrgId().getBytes(UTF_8), codec.encode(event)));
        } catch (KafkaException e) {
            throw unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        }
    }

    private static Problem unavailable(Exception cause) {
        Problem problem = Problem.unavailable("The event could not be stored. Send it again: it is told once.");
        problem.addSuppressed(cause);
        return problem;
    }

    @Override
    public void close() {
        producer.close();
    }
}
