package tocsin.tracker.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micronaut.context.annotation.Bean;
import jakarta.inject.Singleton;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.service.http.Problem;
import tocsin.service.kafka.DurableSend;
import tocsin.service.kafka.KafkaClients;

/** Writes {@code privacy.erasure}. */
@Singleton
@Bean(preDestroy = "close")
final class ErasurePublisher implements AutoCloseable {

    /** Somebody waits for an answer: sooner than a producer gives up otherwise. */
    private static final Map<String, Object> PATIENCE = Map.of(
            ProducerConfig.MAX_BLOCK_MS_CONFIG, 5_000,
            ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
            ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000,
            ProducerConfig.LINGER_MS_CONFIG, 0);

    private final MessageCodec<PrivacyErasure> codec = MessageCodec.of(PrivacyErasure.class);
    private final Producer<byte[], byte[]> producer;
    private final String topic;

    ErasurePublisher(KafkaClients clients) {
        producer = clients.producer("download-tracker-erasures", PATIENCE);
        topic = clients.topic(Topics.PRIVACY_ERASURE.name());
    }

    /**
     * Returns when the broker has it: from then on every service will obey it, whatever becomes of this one.
     *
     * @throws Problem 503 if it did not take it in time
     */
    void publish(Erasure erasure) {
        PrivacyErasure.Builder message =
                PrivacyErasure.newBuilder().setErasureId(erasure.id()).setRequestedAt(erasure.requestedAt());
        switch (erasure.subject()) {
            case ErasureSubject.OfOrganisation organisation ->
                message.setOrgId(organisation.organisation().orgId()).setPrincipalId(organisation.principalId());
            case ErasureSubject.OfToken token ->
                message.setTokenId(token.token().tokenId());
            case ErasureSubject.OfEmail email -> message.setEmailHash(email.hash());
        }
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic, RecordKeys.privacyErasure(erasure.subject()).getBytes(UTF_8), codec.encode(message.build()));
        record.headers().add(MessageHeaders.MESSAGE_ID, erasure.id().getBytes(UTF_8));
        try {
            DurableSend.one(producer, record);
        } catch (KafkaException e) {
            throw unavailable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(e);
        }
    }

    private static Problem unavailable(Exception cause) {
        Problem problem = Problem.unavailable("The erasure could not be stored. Try again.");
        problem.addSuppressed(cause);
        return problem;
    }

    @Override
    public void close() {
        producer.close();
    }
}
