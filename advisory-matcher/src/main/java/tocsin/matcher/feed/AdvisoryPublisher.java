package tocsin.matcher.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micronaut.context.annotation.Bean;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryPublished;
import tocsin.service.http.Problem;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.KafkaClients;

/** Writes {@code advisory.published}. */
@Singleton
@Bean(preDestroy = "close")
final class AdvisoryPublisher implements AutoCloseable {

    /** Somebody waits for an answer: sooner than a producer gives up otherwise. */
    private static final Map<String, Object> PATIENCE = Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 15_000,
            ProducerConfig.LINGER_MS_CONFIG, 0);

    private final MessageCodec<AdvisoryPublished> codec = MessageCodec.of(AdvisoryPublished.class);
    private final Producer<byte[], byte[]> producer;
    private final String topic;

    AdvisoryPublisher(KafkaClients clients) {
        this.producer = clients.producer("advisory-matcher-advisories", PATIENCE);
        this.topic = clients.topic(Topics.ADVISORY_PUBLISHED.name());
    }

    /**
     * Returns when the broker has all of them.
     *
     * @throws Problem 503 if it did not take them in time; some may be there then
     */
    void publish(List<AdvisoryBatch.Item> items) {
        try {
            DurableSend.all(
                    producer,
                    items.stream()
                            .map(item -> new ProducerRecord<>(
                                    topic, item.id().getBytes(UTF_8), codec.encode(item.message())))
                            .toList());
        } catch (KafkaException e) {
            throw unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        }
    }

    private static Problem unavailable(Exception cause) {
        Problem problem = Problem.unavailable("Not all advisories could be stored. Send them again.");
        problem.addSuppressed(cause);
        return problem;
    }

    @Override
    public void close() {
        producer.close();
    }
}
