package tocsin.matcher.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micronaut.context.annotation.Bean;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.AdvisoryDecision;
import tocsin.schemas.avro.HoldDecision;
import tocsin.service.http.Problem;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.KafkaClients;

/** Writes {@code advisory.decision} for people. */
@Singleton
@Bean(preDestroy = "close")
final class DecisionPublisher implements AutoCloseable {

    /** Somebody waits for an answer: sooner than a producer gives up otherwise. */
    private static final Map<String, Object> PATIENCE = Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 15_000,
            ProducerConfig.LINGER_MS_CONFIG, 0);

    private final MessageCodec<AdvisoryDecision> codec = MessageCodec.of(AdvisoryDecision.class);
    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private final Clock clock;

    DecisionPublisher(KafkaClients clients, Clock clock) {
        this.producer = clients.producer("advisory-matcher-decisions", PATIENCE);
        this.topic = clients.topic(Topics.ADVISORY_DECISION.name());
        this.clock = clock;
    }

    /**
     * Returns when the broker has it.
     *
     * @throws Problem 503 if it did not take it in time; it may be there then
     */
    void publish(HeldAdvisory held, HoldDecision decision, String subject, String reason) {
        AdvisoryDecision message = AdvisoryDecision.newBuilder()
                .setHoldId(held.holdId())
                .setFeed(held.feed())
                .setAdvisoryId(held.advisoryId())
                .setEcosystem(held.ecosystem())
                .setPackageName(held.packageName())
                .setDecision(decision)
                .setDecidedAt(clock.instant())
                .setDecidedBy(subject)
                .setReason(reason)
                .build();
        byte[] key = PublishedAdvisory.identity(held.feed(), held.advisoryId()).getBytes(UTF_8);
        try {
            DurableSend.one(producer, new ProducerRecord<>(topic, key, codec.encode(message)));
        } catch (KafkaException e) {
            throw unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        }
    }

    private static Problem unavailable(Exception cause) {
        Problem problem = Problem.unavailable("The decision could not be stored. Send it again.");
        problem.addSuppressed(cause);
        return problem;
    }

    @Override
    public void close() {
        producer.close();
    }
}
