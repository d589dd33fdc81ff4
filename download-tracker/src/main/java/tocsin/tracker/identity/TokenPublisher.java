package tocsin.tracker.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micronaut.context.annotation.Bean;
import jakarta.inject.Singleton;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import tocsin.schemas.Audience;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.TokenRegistered;
import tocsin.service.http.Problem;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.KafkaClients;

/** Writes {@code token.registered}. */
@Singleton
@Bean(preDestroy = "close")
final class TokenPublisher implements AutoCloseable {

    /** Somebody waits for an answer: sooner than a producer gives up otherwise. */
    private static final Map<String, Object> PATIENCE = Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000,
            ProducerConfig.LINGER_MS_CONFIG, 0);

    private final MessageCodec<TokenRegistered> codec = MessageCodec.of(TokenRegistered.class);
    private final Producer<byte[], byte[]> producer;
    private final String topic;

    TokenPublisher(KafkaClients clients) {
        this.producer = clients.producer("download-tracker-tokens", PATIENCE);
        this.topic = clients.topic(Topics.TOKEN_REGISTERED.name());
    }

    /**
     * Returns when the broker has it.
     *
     * @throws Problem 503 if it did not take it in time
     */
    void register(Audience.Token token, TokenRegistered registration) {
        send(token, codec.encode(registration));
    }

    /** As {@link #register}; a token that was never registered may be revoked. */
    void revoke(Audience.Token token) {
        send(token, null);
    }

    private void send(Audience.Token token, byte @Nullable [] value) {
        try {
            DurableSend.one(
                    producer, new ProducerRecord<>(topic, token.tokenId().getBytes(UTF_8), value));
        } catch (KafkaException e) {
            throw unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        }
    }

    private static Problem unavailable(Exception cause) {
        Problem problem = Problem.unavailable("The registration could not be stored. Try again.");
        problem.addSuppressed(cause);
        return problem;
    }

    @Override
    public void close() {
        producer.close();
    }
}
