package tocsin.tracker.history;

import io.micronaut.context.annotation.Bean;
import jakarta.inject.Singleton;
import java.util.Map;
import tocsin.schemas.ErasureSubject;
import tocsin.schemas.MessageCodec;
import tocsin.schemas.MessageHeaders;
import tocsin.schemas.RecordKeys;
import tocsin.schemas.Topics;
import tocsin.schemas.avro.PrivacyErasure;
import tocsin.service.http.Problem;
import tocsin.service.kafka.KafkaClients;
import tocsin.service.kafka.RequestPublisher;

/** Writes {@code privacy.erasure}. */
@Singleton
@Bean(preDestroy = "close")
final class ErasurePublisher implements AutoCloseable {

    private final MessageCodec<PrivacyErasure> codec = MessageCodec.of(PrivacyErasure.class);
    private final RequestPublisher publisher;

    ErasurePublisher(KafkaClients clients) {
        publisher = new RequestPublisher(
                clients,
                "download-tracker-erasures",
                Topics.PRIVACY_ERASURE.name(),
                "The erasure could not be stored. Try again.");
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
        publisher.publish(
                RecordKeys.privacyErasure(erasure.subject()),
                codec.encode(message.build()),
                Map.of(MessageHeaders.MESSAGE_ID, erasure.id()));
    }

    @Override
    public void close() {
        publisher.close();
    }
}
